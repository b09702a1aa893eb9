import { bytes, type MessageSample, only15, since14 } from './sample.ts';

export const sessionSamples: readonly MessageSample[] = [
  { message: { type: 'hello' }, printed: 'OFPT_HELLO' },
  { message: { type: 'hello', versions: [4, 5, 6] }, printed: 'version bitmap: 0x04, 0x05, 0x06' },
  { message: { type: 'echo-request' }, printed: 'OFPT_ECHO_REQUEST' },
  { message: { type: 'echo-reply', data: bytes(1, 2, 3) }, printed: '3 bytes of payload' },
  {
    message: {
      type: 'error',
      errorType: 5,
      errorCode: 1,
      typeName: 'OFPET_FLOW_MOD_FAILED',
      codeName: 'OFPFMFC_TABLE_FULL',
      data: bytes(),
    },
    printed: 'OFPFMFC_TABLE_FULL',
  },
  {
    message: {
      type: 'error',
      errorType: 0xffff,
      errorCode: 19,
      experimenter: 0x2320,
      typeName: 'OFPET_EXPERIMENTER',
      codeName: 'NXTTMFC_TABLE_FULL',
      data: bytes(),
    },
    printed: 'NXTTMFC_TABLE_FULL',
  },
  { message: { type: 'features-request' }, printed: 'OFPT_FEATURES_REQUEST' },
  {
    message: {
      type: 'features-reply',
      datapathId: 0xabcn,
      buffers: 0,
      tables: 254,
      auxiliaryId: 0,
      capabilities: 0x4f,
    },
    printed: 'dpid:0000000000000abc',
  },
  { message: { type: 'get-config-request' }, printed: 'OFPT_GET_CONFIG_REQUEST' },
  { message: { type: 'get-config-reply', flags: 0, missSendLength: 128 }, printed: 'miss_send_len=128' },
  { message: { type: 'set-config', flags: 0, missSendLength: 65535 }, printed: 'miss_send_len=65535' },
  { message: { type: 'barrier-request' }, printed: 'OFPT_BARRIER_REQUEST' },
  { message: { type: 'barrier-reply' }, printed: 'OFPT_BARRIER_REPLY' },
  {
    message: { type: 'role-request', role: 'primary', generationId: 5n },
    printed: 'role=primary generation_id=5',
  },
  { message: { type: 'role-reply', role: 'secondary', generationId: 6n }, printed: 'role=secondary' },
  {
    message: { type: 'role-status', role: 'secondary', reason: 0, generationId: 7n },
    printed: 'role=secondary generation_id=7 reason=primary_request',
  },
  {
    message: {
      type: 'set-async',
      masks: {
        packetInSecondary: 0,
        packetInPrimary: 7,
        portStatusSecondary: 7,
        portStatusPrimary: 7,
        flowRemovedSecondary: 0,
        flowRemovedPrimary: 15,
      },
    },
    printed: 'PORT_STATUS: add delete modify',
  },
  {
    message: { type: 'set-async', masks: { packetInPrimary: 1 } },
    versions: since14,
    printed: 'PACKET_IN: no_match',
  },
  { message: { type: 'get-async-request' }, printed: 'OFPT_GET_ASYNC_REQUEST' },
  {
    message: {
      type: 'get-async-reply',
      masks: {
        packetInSecondary: 0,
        packetInPrimary: 1,
        portStatusSecondary: 2,
        portStatusPrimary: 3,
        flowRemovedSecondary: 4,
        flowRemovedPrimary: 5,
      },
    },
    printed: 'OFPT_GET_ASYNC_REPLY',
  },
  {
    message: {
      type: 'get-async-reply',
      masks: {
        roleStatusSecondary: 0,
        roleStatusPrimary: 1,
        tableStatusSecondary: 24,
        tableStatusPrimary: 8,
        requestForwardSecondary: 3,
        requestForwardPrimary: 2,
      },
    },
    versions: since14,
    printed: 'REQUESTFORWARD: group_mod_request',
  },
  {
    message: {
      type: 'set-async',
      masks: {
        flowStatsSecondary: 1,
        flowStatsPrimary: 3,
        controllerStatusSecondary: 0,
        controllerStatusPrimary: 63,
      },
    },
    versions: only15,
    structure: 'ofp_async_config',
    hex:
      '061c002800000000' + '000c000800000001' + '000d000800000003' + '000e000800000000' + '000f00080000003f',
  },
];
