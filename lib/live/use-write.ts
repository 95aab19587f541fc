'use client';

import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { WriteResult } from '#lib/resources/api-error.ts';
import { type DeleteRequest, deleteObject } from './write.ts';

/** Deletes one object. Never rejects: `data` is how it ended. The screen changes when the watch confirms, not before. */
export function useDeleteObject(): UseMutationResult<WriteResult, Error, DeleteRequest> {
  return useMutation({ mutationFn: deleteObject });
}
