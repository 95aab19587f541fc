// Command load multiplies what the control plane already holds. It takes the first fake node and the first
// Deployment (with its ReplicaSet and one ready pod) as the API server stored them, so that defaults,
// managedFields and status are real, and writes copies under new names straight into etcd.
//
// The controller manager and the scheduler must be stopped meanwhile: their informers are not in step with each
// other, and a ReplicaSet seen before its pods would be given more. Copies that exist are kept.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log"
	mathrand "math/rand"
	"os"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	nameLabel   = "app.kubernetes.io/name"
	partOfLabel = "app.kubernetes.io/part-of"
	hashLabel   = "pod-template-hash"
	batchSize   = 256
)

var storage = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)

// store collects puts and commits them in batches, skipping keys that are there.
type store struct {
	client  *clientv3.Client
	pending []clientv3.Op
	written int
}

type object interface {
	runtime.Object
	metav1.Object
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig of an administrator")
	endpoint := flag.String("etcd", "", "etcd's client URL")
	nodes := flag.Int("nodes", 0, "nodes in total")
	pods := flag.Int("pods", 0, "pods in total")
	perDeployment := flag.Int("per-deployment", 50, "pods of one Deployment")
	perNamespace := flag.Int("per-namespace", 500, "pods in one namespace")
	flag.Parse()
	if err := run(context.Background(), *kubeconfig, *endpoint, *nodes, *pods, *perDeployment, *perNamespace); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, endpoint string, nodes, pods, perDeployment, perNamespace int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.ContentType = runtime.ContentTypeProtobuf
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 10 * time.Second})
	if err != nil {
		return err
	}
	defer client.Close()
	s := &store{client: client}
	start := time.Now()
	if err := copyNodes(ctx, kube, s, nodes); err != nil {
		return err
	}
	if pods > 0 {
		if err := copyDeployments(ctx, kube, s, nodes, pods, perDeployment, perNamespace); err != nil {
			return err
		}
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	log.Printf("%d objects written into etcd in %.1f s", s.written, time.Since(start).Seconds())
	return nil
}

func copyNodes(ctx context.Context, kube kubernetes.Interface, s *store, nodes int) error {
	first, err := kube.CoreV1().Nodes().Get(ctx, nodeName(0), metav1.GetOptions{})
	if err != nil {
		return err
	}
	have, err := s.keys(ctx, "/registry/minions/")
	if err != nil {
		return err
	}
	for i := 1; i < nodes; i++ {
		n := first.DeepCopy()
		n.Name, n.UID = nodeName(i), newUID()
		n.Labels["kubernetes.io/hostname"] = n.Name
		n.Labels["topology.kubernetes.io/zone"] = "test-" + string("abc"[i%3])
		for j := range n.Status.Addresses {
			if n.Status.Addresses[j].Type == corev1.NodeHostName {
				n.Status.Addresses[j].Address = n.Name
			}
		}
		if err := s.put(ctx, have, "/registry/minions/"+n.Name, "v1", "Node", n); err != nil {
			return err
		}
	}
	return nil
}

func copyDeployments(ctx context.Context, kube kubernetes.Interface, s *store, nodes, pods, perDeployment, perNamespace int) error {
	ns := namespaceName(0)
	d, err := kube.AppsV1().Deployments(ns).Get(ctx, appName(0), metav1.GetOptions{})
	if err != nil {
		return err
	}
	sets, err := kube.AppsV1().ReplicaSets(ns).List(ctx, metav1.ListOptions{LabelSelector: nameLabel + "=" + appName(0)})
	if err != nil {
		return err
	}
	running, err := kube.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: nameLabel + "=" + appName(0), Limit: 1})
	if err != nil {
		return err
	}
	if len(sets.Items) != 1 || len(running.Items) != 1 {
		return fmt.Errorf("%s/%s has %d ReplicaSets and %d pods to copy, want 1 and 1", ns, appName(0), len(sets.Items), len(running.Items))
	}
	have, err := s.keys(ctx, "/registry/deployments/load-")
	if err != nil {
		return err
	}
	random := mathrand.New(mathrand.NewSource(1)) // the same cluster every time
	for i := 1; i*perDeployment < pods; i++ {
		c := copies{namespace: namespaceName(i * perDeployment / perNamespace), name: appName(i), count: int32(min(perDeployment, pods-i*perDeployment)), random: random,
			age: metav1.NewTime(time.Now().Add(-time.Duration(random.Intn(30*24*3600)) * time.Second).Truncate(time.Second))}
		key := "/registry/deployments/" + c.namespace + "/" + c.name
		if have[key] {
			continue
		}
		deployment := c.deployment(d)
		set := c.replicaSet(&sets.Items[0], deployment)
		if err := s.put(ctx, nil, "/registry/replicasets/"+set.Namespace+"/"+set.Name, "apps/v1", "ReplicaSet", set); err != nil {
			return err
		}
		for k := 0; k < int(c.count); k++ {
			p := c.pod(&running.Items[0], set, nodes, i*perDeployment+k)
			if err := s.put(ctx, nil, "/registry/pods/"+p.Namespace+"/"+p.Name, "v1", "Pod", p); err != nil {
				return err
			}
		}
		if err := s.put(ctx, nil, key, "apps/v1", "Deployment", deployment); err != nil {
			return err
		}
	}
	return nil
}

// copies makes one Deployment's objects out of the templates.
type copies struct {
	namespace, name string
	count           int32
	age             metav1.Time
	random          *mathrand.Rand
}

func (c copies) meta(m *metav1.ObjectMeta, name string, labels map[string]string) {
	m.Name, m.Namespace, m.UID, m.CreationTimestamp, m.Labels = name, c.namespace, newUID(), c.age, labels
}

func (c copies) labels(hash string) map[string]string {
	l := map[string]string{nameLabel: c.name, partOfLabel: c.namespace}
	if hash != "" {
		l[hashLabel] = hash
	}
	return l
}

func (c copies) deployment(from *appsv1.Deployment) *appsv1.Deployment {
	d := from.DeepCopy()
	c.meta(&d.ObjectMeta, c.name, c.labels(""))
	d.Spec.Replicas, d.Spec.Selector.MatchLabels, d.Spec.Template.Labels = &c.count, map[string]string{nameLabel: c.name}, c.labels("")
	d.Status.Replicas, d.Status.UpdatedReplicas, d.Status.ReadyReplicas, d.Status.AvailableReplicas = c.count, c.count, c.count, c.count
	for i := range d.Status.Conditions {
		condition := &d.Status.Conditions[i]
		condition.LastTransitionTime, condition.LastUpdateTime = c.age, c.age
		condition.Message = strings.ReplaceAll(condition.Message, from.Name, c.name)
	}
	return d
}

func (c copies) replicaSet(from *appsv1.ReplicaSet, owner *appsv1.Deployment) *appsv1.ReplicaSet {
	s := from.DeepCopy()
	hash := from.Labels[hashLabel]
	c.meta(&s.ObjectMeta, c.name+"-"+hash, c.labels(hash))
	s.OwnerReferences[0].Name, s.OwnerReferences[0].UID = owner.Name, owner.UID
	s.Annotations["deployment.kubernetes.io/desired-replicas"] = fmt.Sprint(c.count)
	s.Annotations["deployment.kubernetes.io/max-replicas"] = fmt.Sprint(c.count + (c.count+3)/4) // maxSurge 25 %, rounded up
	s.Spec.Replicas, s.Spec.Template.Labels = &c.count, c.labels(hash)
	s.Spec.Selector.MatchLabels = map[string]string{nameLabel: c.name, hashLabel: hash}
	s.Status.Replicas, s.Status.FullyLabeledReplicas, s.Status.ReadyReplicas, s.Status.AvailableReplicas = c.count, c.count, c.count, c.count
	return s
}

func (c copies) pod(from *corev1.Pod, owner *appsv1.ReplicaSet, nodes, number int) *corev1.Pod {
	p := from.DeepCopy()
	c.meta(&p.ObjectMeta, owner.Name+"-"+suffix(c.random), c.labels(owner.Labels[hashLabel]))
	p.GenerateName = owner.Name + "-"
	p.OwnerReferences[0].Name, p.OwnerReferences[0].UID = owner.Name, owner.UID
	p.Spec.NodeName = nodeName(number % nodes)
	ip := fmt.Sprintf("10.%d.%d.%d", 64+number>>16&63, number>>8&255, number&255)
	p.Status.PodIP, p.Status.PodIPs, p.Status.StartTime = ip, []corev1.PodIP{{IP: ip}}, &c.age
	for i := range p.Status.Conditions {
		p.Status.Conditions[i].LastTransitionTime = c.age
	}
	for i := range p.Status.ContainerStatuses {
		status := &p.Status.ContainerStatuses[i]
		status.RestartCount = int32(max(0, c.random.Intn(40)-36)) // one in ten has restarted
		if status.State.Running != nil {
			status.State.Running.StartedAt = c.age
		}
	}
	return p
}

func (s *store) keys(ctx context.Context, prefix string) (map[string]bool, error) {
	found, err := s.client.Get(ctx, prefix, clientv3.WithPrefix(), clientv3.WithKeysOnly())
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool, len(found.Kvs))
	for _, kv := range found.Kvs {
		have[string(kv.Key)] = true
	}
	return have, nil
}

// put stores what the API server would store: typed protobuf, without resourceVersion (etcd's own revision is it).
func (s *store) put(ctx context.Context, have map[string]bool, key, apiVersion, kind string, o object) error {
	if have[key] {
		return nil
	}
	o.SetResourceVersion("")
	o.GetObjectKind().SetGroupVersionKind(schema.FromAPIVersionAndKind(apiVersion, kind))
	var b bytes.Buffer
	if err := storage.Encode(o, &b); err != nil {
		return err
	}
	s.pending = append(s.pending, clientv3.OpPut(key, b.String()))
	if len(s.pending) < batchSize {
		return nil
	}
	return s.flush(ctx)
}

func (s *store) flush(ctx context.Context) error {
	if len(s.pending) == 0 {
		return nil
	}
	if _, err := s.client.Txn(ctx).Then(s.pending...).Commit(); err != nil {
		return fmt.Errorf("etcd transaction: %w", err)
	}
	s.written += len(s.pending)
	s.pending = s.pending[:0]
	return nil
}

func nodeName(i int) string      { return fmt.Sprintf("node-%05d", i) }
func namespaceName(i int) string { return fmt.Sprintf("load-%04d", i) }
func appName(i int) string       { return fmt.Sprintf("app-%05d", i) }

func suffix(r *mathrand.Rand) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	b := make([]byte, 5)
	for i := range b {
		b[i] = letters[r.Intn(len(letters))]
	}
	return string(b)
}

func newUID() types.UID {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return types.UID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
