import {
  isVisible,
  type KindName,
  kinds,
  type ReferenceType,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import type { Draft } from './draft.ts';

/**
 * The resource that a field names; the commit will depend on its being unchanged.
 * @throws WeftError unknown-reference
 */
export function referenced<K extends KindName>(
  draft: Draft,
  kind: K,
  id: string,
  field: string,
): ResourceOf<K> {
  const resource = draft.get(kind, id);
  if (!resource || !isVisible(resource, draft.owner)) {
    throw new WeftError('unknown-reference', `${field} names a ${kind} that does not exist`, {
      field,
      value: id,
      fix: `List them with GET /v1/${kinds[kind].path} and use one of their ids.`,
    });
  }
  if (resource.revision > 0) draft.depend(resource);
  return resource;
}

/** @throws WeftError in-use when resources of `kind` point at the target. */
export function refuseWhileUsed(
  draft: Draft,
  target: { kind: KindName; id: string },
  type: ReferenceType,
  kind: KindName,
): void {
  const count = draft.view.countReferrers(target, type, kind);
  if (count === 0) return;
  const [example] = draft.view.referrers(target, type, kind);
  throw new WeftError(
    'in-use',
    `${target.kind} ${target.id} is used by ${count} ${kind} resource${count > 1 ? 's' : ''}`,
    {
      field: 'id',
      value: target.id,
      fix: `Delete or change ${example?.id ?? 'them'}${count > 1 ? ' and the others' : ''} first.`,
    },
  );
}

/** @throws WeftError invalid-value when the two are not of one VPC. */
export function requireSameVpc(
  vpcId: string,
  other: { id: string; spec: { vpcId?: string } },
  field: string,
): void {
  if (other.spec.vpcId === vpcId) return;
  throw new WeftError('invalid-value', `${field} names ${other.id}, which is not in VPC ${vpcId}`, {
    field,
    value: other.id,
    fix: `Use one of VPC ${vpcId}.`,
  });
}
