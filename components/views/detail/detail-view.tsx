'use client';
import type { ObjectReference } from '#lib/resources/resource-type.ts';

export function DetailView(props: { readonly reference: ObjectReference }) {
  return <h1>{props.reference.name}</h1>;
}
