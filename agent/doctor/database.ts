import { type MonitorRequest, type OpenVSwitch, OvsdbClient, type Uuid } from 'ovsdb-client';

const looked = {
  Open_vSwitch: { columns: ['next_cfg', 'cur_cfg', 'datapath_types', 'ovs_version'] },
  Bridge: { columns: ['name', 'fail_mode', 'protocols', 'datapath_type', 'controller'] },
  Interface: { columns: ['name', 'type', 'options', 'external_ids', 'ofport', 'error'] },
  Controller: { columns: ['target', 'is_connected', 'status'] },
} as const satisfies MonitorRequest<OpenVSwitch>;

type Looked = typeof looked;
type RowOf<T extends keyof Looked> = Pick<
  OpenVSwitch[T],
  Looked[T]['columns'][number] & keyof OpenVSwitch[T]
>;

/** What a check looks at in the database of Open vSwitch. */
export interface SwitchRows {
  readonly root: RowOf<'Open_vSwitch'> | undefined;
  readonly bridges: readonly RowOf<'Bridge'>[];
  readonly interfaces: readonly RowOf<'Interface'>[];
  readonly controllers: ReadonlyMap<Uuid, RowOf<'Controller'>>;
}

/** Reads the rows once. @throws OvsdbError when the server does not answer in time */
export async function readSwitch(endpoint: string, timeoutMs: number): Promise<SwitchRows> {
  const client = new OvsdbClient({ endpoints: [endpoint], connectTimeoutMs: timeoutMs });
  try {
    await client.connect({ timeoutMs });
    const replica = await client.monitor<OpenVSwitch>('Open_vSwitch', { ...looked }, { timeoutMs });
    return {
      root: [...replica.table('Open_vSwitch').values()][0],
      bridges: [...replica.table('Bridge').values()],
      interfaces: [...replica.table('Interface').values()],
      controllers: new Map(replica.table('Controller')),
    };
  } finally {
    await client.close();
  }
}
