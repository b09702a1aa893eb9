import { type OpenVSwitch, OvsdbClient, opsFor } from 'ovsdb-client';

const endpoint = process.argv[2] ?? 'unix:/var/run/openvswitch/db.sock';
const client = new OvsdbClient({ endpoints: [endpoint] });
await client.connect({ timeoutMs: 5000 });

// Add a bridge with one port. The rows name each other before they exist.
const ovs = opsFor<OpenVSwitch>();
await client.transact<OpenVSwitch>('Open_vSwitch', [
  ovs.insert('Interface', { name: 'br0', type: 'internal' }, 'interface'),
  ovs.insert('Port', { name: 'br0', interfaces: [ovs.namedUuid('interface')] }, 'port'),
  ovs.insert('Bridge', { name: 'br0', ports: [ovs.namedUuid('port')], fail_mode: 'secure' }, 'bridge'),
  ovs.mutate('Open_vSwitch', [], [['bridges', 'insert', [ovs.namedUuid('bridge')]]]),
]);

// Follow two tables, whoever changes them.
const replica = await client.monitor<OpenVSwitch>('Open_vSwitch', {
  Bridge: {},
  Interface: { columns: ['name', 'ofport', 'external_ids'] },
});
console.log(replica.find('Bridge', { name: 'br0' })?.ports.length);

replica.on('change', (changes) => {
  for (const change of changes) {
    if (change.table === 'Interface') {
      console.log(
        change.before?.ofport,
        '→',
        change.after?.ofport,
        change.after?.external_ids.get('iface-id'),
      );
    }
  }
});
