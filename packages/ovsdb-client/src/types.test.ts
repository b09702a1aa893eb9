/** What the types allow and refuse; the compiler is the judge, running it only shows that values agree with types. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type OpenVSwitch, OvsdbClient, ops, opsFor, type Replica, type Uuid, uuid } from './index.ts';

const ovs = opsFor<OpenVSwitch>();
const row = uuid('6b20491a-73af-4045-8423-abd48fa158b4');

it('typed builders accept what the schema allows', () => {
  const operations = [
    ovs.insert(
      'Port',
      { name: 'p', tag: 3, external_ids: { a: 'b' }, interfaces: [ovs.namedUuid('i')] },
      'p',
    ),
    ovs.insert('Bridge', { name: 'b', protocols: ['OpenFlow15'], fail_mode: undefined }),
    ovs.mutate('Bridge', [['name', '==', 'b']], [['external_ids', 'delete', ['a']]]),
    ovs.mutate('Bridge', ovs.byUuid(row), [['ports', 'insert', new Set([row])]]),
    ovs.select('Interface', [['ofport', '>', 0], true], ['name', 'ofport']),
    ovs.wait('Open_vSwitch', [], '==', [{ next_cfg: 1 }]),
  ] as const;
  assert.deepEqual(
    operations.map(({ op }) => op),
    ['insert', 'insert', 'mutate', 'mutate', 'select', 'wait'],
  );
});

it('typed builders refuse what the schema does not allow', () => {
  // @ts-expect-error there is no such table
  assert.ok(ovs.insert('Prt', {}));
  // @ts-expect-error there is no such column
  assert.ok(ovs.insert('Port', { nme: 'x' }));
  // @ts-expect-error the column holds a string
  assert.ok(ovs.insert('Port', { name: 1 }));
  // @ts-expect-error the value is not in the enumeration
  assert.ok(ovs.update('Bridge', [], { fail_mode: 'open' }));
  // @ts-expect-error a reference is a Uuid, not any string
  assert.ok(ovs.mutate('Bridge', [], [['ports', 'insert', ['x']]]));
  // @ts-expect-error the identity of a row cannot be written
  assert.ok(ovs.update('Bridge', [], { _uuid: row }));
  // @ts-expect-error the condition compares with a number
  assert.ok(ovs.select('Interface', [['ofport', '>', '0']]));
});

it('a typed client takes operations of both kinds of builders, and plain objects', () => {
  const client = new OvsdbClient({ endpoints: ['unix:/nowhere'] });
  const calls = () => [
    client.transact<OpenVSwitch>('Open_vSwitch', [
      ovs.delete('Port', []),
      ops.comment('x'),
      { op: 'select', table: 'Port', where: [] },
    ]),
    client.transact('Any', [ops.insert('T', { a: 1, b: [row], c: { x: 'y' }, d: new Map([[1, 2]]) })]),
    // @ts-expect-error there is no such table
    client.transact<OpenVSwitch>('Open_vSwitch', [{ op: 'select', table: 'Prt', where: [] }]),
    // @ts-expect-error there is no such column
    client.monitor<OpenVSwitch>('Open_vSwitch', { Port: { columns: ['nme'] } }),
  ];
  assert.equal(typeof calls, 'function');
});

it('rows of a typed replica have the types of their columns', () => {
  const read = (replica: Replica<OpenVSwitch>) => {
    const bridge = replica.find('Bridge', { name: 'b', fail_mode: 'secure' });
    const ports: readonly Uuid[] | undefined = bridge?.ports;
    const ofport: number | undefined = replica.table('Interface').get(row)?.ofport;
    const id: string | undefined = replica.find('Port', (port) => port.tag === 1)?.external_ids.get('x');
    replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table === 'Interface') {
          const error: string | undefined = change.after?.error;
          assert.ok(error === undefined);
        }
      }
    });
    // @ts-expect-error rows are never modified
    const modify = () => bridge?.ports.push(row);
    return [ports, ofport, id, modify];
  };
  assert.equal(read.length, 1);
});
