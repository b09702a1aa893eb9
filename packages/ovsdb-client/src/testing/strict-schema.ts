/** A database whose schema makes every kind of refusal possible, role-based access control (ovsdb-server(7)) included. */

const references = (refTable: string, refType: 'strong' | 'weak', min: number) => ({
  type: { key: { type: 'uuid', refTable, refType }, min, max: 'unlimited' },
});
const strings = { type: { key: 'string', min: 0, max: 'unlimited' } };

export const strictSchema = {
  name: 'strict',
  version: '1.0.0',
  tables: {
    Root: { columns: { connections: references('Connection', 'strong', 0) }, maxRows: 1, isRoot: true },
    Connection: { columns: { target: { type: 'string' }, role: { type: 'string' } } },
    Thing: {
      columns: {
        name: { type: 'string' },
        short: { type: { key: { type: 'string', maxLength: 3 } } },
        long: { type: { key: { type: 'string', minLength: 3 }, min: 0 } },
        ratio: { type: { key: { type: 'real', minReal: 0, maxReal: 1 } } },
        level: { type: { key: { type: 'integer', minInteger: 0, maxInteger: 7 } } },
        color: { type: { key: { type: 'string', enum: ['set', ['red', 'green', '']] } } },
        fixed: { type: 'string', mutable: false },
        few: { type: { key: 'integer', min: 0, max: 2 } },
        pet: { type: { key: { type: 'uuid', refTable: 'Pet', refType: 'strong' }, min: 0 } },
      },
      indexes: [['name']],
      isRoot: true,
    },
    Fan: { columns: { idols: references('Pet', 'weak', 1) }, isRoot: true },
    Pet: { columns: { name: { type: 'string' } }, isRoot: true },
    RBAC_Role: {
      columns: {
        name: { type: 'string' },
        permissions: {
          type: {
            key: 'string',
            value: { type: 'uuid', refTable: 'RBAC_Permission', refType: 'weak' },
            min: 0,
            max: 'unlimited',
          },
        },
      },
      isRoot: true,
    },
    RBAC_Permission: {
      columns: {
        table: { type: 'string' },
        authorization: strings,
        insert_delete: { type: 'boolean' },
        update: strings,
      },
      isRoot: true,
    },
  },
};
