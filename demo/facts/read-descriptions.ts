/**
 * Reads what a real API server says of every field the demo cluster knows (its description, and the values an enum
 * allows) and writes it beside this file, compressed: `descriptions.json.gz`. Run by hand after read-facts.ts:
 *   npx node demo/facts/read-descriptions.ts https://127.0.0.1:PORT CA.crt TOKEN
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { gzipSync } from 'node:zlib';
import { type DescriptionFacts, readSchemaFacts } from './facts.ts';

type Node = Record<string, unknown>;
const [server, caFile, token] = process.argv.slice(2);
if (!server || !caFile || !token) throw new Error('usage: read-descriptions.ts SERVER CA TOKEN');
const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
const tls = { ca: readFileSync(caFile), headers };

function get(path: string): Promise<Node> {
  return new Promise((resolve, reject) => {
    request(new URL(path, server), tls, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      // A bare control plane does not have the metrics.
      res.on('end', () => resolve(res.statusCode === 404 ? {} : (JSON.parse(text) as Node)));
    })
      .on('error', reject)
      .end();
  });
}

const record = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {};

const { kinds, definitions } = readSchemaFacts();
const paths = new Set(
  Object.keys(kinds).map((key) => {
    const [group, version] = key.split('/');
    return group === '' ? `api/${version}` : `apis/${group}/${version}`;
  }),
);
const found: DescriptionFacts = {};
for (const path of paths) {
  const document = await get(`/openapi/v3/${path}`);
  for (const [long, schema] of Object.entries(record(record(document.components).schemas))) {
    const name = long.replace(/^io\.k8s\./, '');
    if (!Object.hasOwn(definitions, name)) continue;
    const fields: DescriptionFacts[string]['fields'] = {};
    for (const [key, field] of Object.entries(record(record(schema).properties))) {
      const { description, enum: values } = record(field);
      if (typeof description !== 'string') continue;
      fields[key] = Array.isArray(values) ? { text: description, values: values.map(String) } : description;
    }
    found[name] = { text: String(record(schema).description ?? ''), fields };
  }
}
const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
const packed = gzipSync(JSON.stringify(sorted), { level: 9 });
writeFileSync(new URL('./descriptions.json.gz', import.meta.url), packed);
