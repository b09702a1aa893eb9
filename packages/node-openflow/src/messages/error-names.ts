/*
 * Names of errors: OpenFlow 1.5.1, section 7.5.4, and the extensions of the ONF and of Open vSwitch. The codes of a type
 * count from 0.
 */

import type { Version } from './types.ts';

type Versions = readonly [first: Version, last: Version];

interface ErrorType {
  readonly name: string;
  readonly prefix: string;
  readonly codes: readonly string[];
  /** How many of the codes OpenFlow 1.3 and 1.4 have; all when absent. */
  readonly counts?: readonly [in13: number, in14: number];
}

const words = (text: string): readonly string[] => text.split(' ');

/** Those of bundles have two numbers. */
const bundleCodes = words(
  'UNKNOWN EPERM BAD_ID BUNDLE_EXIST BUNDLE_CLOSED OUT_OF_BUNDLES BAD_TYPE BAD_FLAGS MSG_BAD_LEN MSG_BAD_XID ' +
    'MSG_UNSUP MSG_CONFLICT MSG_TOO_MANY MSG_FAILED TIMEOUT BUNDLE_IN_PROGRESS SCHED_NOT_SUPPORTED SCHED_FUTURE ' +
    'SCHED_PAST',
);

/** Types of errors, by their numbers from 0. */
const standardErrors: readonly ErrorType[] = [
  { name: 'HELLO_FAILED', prefix: 'OFPHFC', codes: words('INCOMPATIBLE EPERM') },
  {
    name: 'BAD_REQUEST',
    prefix: 'OFPBRC',
    counts: [14, 16],
    codes: words(
      'BAD_VERSION BAD_TYPE BAD_MULTIPART BAD_EXPERIMENTER BAD_EXP_TYPE EPERM BAD_LEN BUFFER_EMPTY ' +
        'BUFFER_UNKNOWN BAD_TABLE_ID IS_SECONDARY BAD_PORT BAD_PACKET MULTIPART_BUFFER_OVERFLOW ' +
        'MULTIPART_REQUEST_TIMEOUT MULTIPART_REPLY_TIMEOUT MULTIPART_BAD_SCHED PIPELINE_FIELDS_ONLY UNKNOWN',
    ),
  },
  {
    name: 'BAD_ACTION',
    prefix: 'OFPBAC',
    counts: [16, 16],
    codes: words(
      'BAD_TYPE BAD_LEN BAD_EXPERIMENTER BAD_EXP_TYPE BAD_OUT_PORT BAD_ARGUMENT EPERM TOO_MANY BAD_QUEUE ' +
        'BAD_OUT_GROUP MATCH_INCONSISTENT UNSUPPORTED_ORDER BAD_TAG BAD_SET_TYPE BAD_SET_LEN ' +
        'BAD_SET_ARGUMENT BAD_SET_MASK BAD_METER',
    ),
  },
  {
    name: 'BAD_INSTRUCTION',
    prefix: 'OFPBIC',
    counts: [9, 10],
    codes: words(
      'UNKNOWN_INST UNSUP_INST BAD_TABLE_ID UNSUP_METADATA UNSUP_METADATA_MASK BAD_EXPERIMENTER ' +
        'BAD_EXP_TYPE BAD_LEN EPERM DUP_INST',
    ),
  },
  {
    name: 'BAD_MATCH',
    prefix: 'OFPBMC',
    codes: words(
      'BAD_TYPE BAD_LEN BAD_TAG BAD_DL_ADDR_MASK BAD_NW_ADDR_MASK BAD_WILDCARDS BAD_FIELD BAD_VALUE ' +
        'BAD_MASK BAD_PREREQ DUP_FIELD EPERM',
    ),
  },
  {
    name: 'FLOW_MOD_FAILED',
    prefix: 'OFPFMFC',
    counts: [8, 11],
    codes: words(
      'UNKNOWN TABLE_FULL BAD_TABLE_ID OVERLAP EPERM BAD_TIMEOUT BAD_COMMAND BAD_FLAGS CANT_SYNC ' +
        'BAD_PRIORITY IS_SYNC',
    ),
  },
  {
    name: 'GROUP_MOD_FAILED',
    prefix: 'OFPGMFC',
    counts: [15, 15],
    codes: words(
      'GROUP_EXISTS INVALID_GROUP WEIGHT_UNSUPPORTED OUT_OF_GROUPS OUT_OF_BUCKETS CHAINING_UNSUPPORTED ' +
        'WATCH_UNSUPPORTED LOOP UNKNOWN_GROUP CHAINED_GROUP BAD_TYPE BAD_COMMAND BAD_BUCKET BAD_WATCH EPERM ' +
        'UNKNOWN_BUCKET BUCKET_EXISTS',
    ),
  },
  {
    name: 'PORT_MOD_FAILED',
    prefix: 'OFPPMFC',
    codes: words('BAD_PORT BAD_HW_ADDR BAD_CONFIG BAD_ADVERTISE EPERM'),
  },
  { name: 'TABLE_MOD_FAILED', prefix: 'OFPTMFC', codes: words('BAD_TABLE BAD_CONFIG EPERM') },
  { name: 'QUEUE_OP_FAILED', prefix: 'OFPQOFC', codes: words('BAD_PORT BAD_QUEUE EPERM') },
  { name: 'SWITCH_CONFIG_FAILED', prefix: 'OFPSCFC', codes: words('BAD_FLAGS BAD_LEN EPERM') },
  {
    name: 'ROLE_REQUEST_FAILED',
    prefix: 'OFPRRFC',
    counts: [3, 3],
    codes: words('STALE UNSUP BAD_ROLE ID_UNSUP ID_IN_USE'),
  },
  {
    name: 'METER_MOD_FAILED',
    prefix: 'OFPMMFC',
    codes: words(
      'UNKNOWN METER_EXISTS INVALID_METER UNKNOWN_METER BAD_COMMAND BAD_FLAGS BAD_RATE BAD_BURST BAD_BAND ' +
        'BAD_BAND_VALUE OUT_OF_METERS OUT_OF_BANDS',
    ),
  },
  {
    name: 'TABLE_FEATURES_FAILED',
    prefix: 'OFPTFFC',
    counts: [6, 6],
    codes: words(
      'BAD_TABLE BAD_METADATA BAD_TYPE BAD_LEN BAD_ARGUMENT EPERM BAD_CAPA BAD_MAX_ENT BAD_FEATURES ' +
        'BAD_COMMAND TOO_MANY',
    ),
  },
  {
    name: 'BAD_PROPERTY',
    prefix: 'OFPBPC',
    counts: [0, 9],
    codes: words(
      'BAD_TYPE BAD_LEN BAD_VALUE TOO_MANY DUP_TYPE BAD_EXPERIMENTER BAD_EXP_TYPE BAD_EXP_VALUE EPERM',
    ),
  },
  {
    name: 'ASYNC_CONFIG_FAILED',
    prefix: 'OFPACFC',
    counts: [0, 3],
    codes: words('INVALID UNSUPPORTED EPERM'),
  },
  {
    name: 'FLOW_MONITOR_FAILED',
    prefix: 'OFPMOFC',
    counts: [0, 8],
    codes: words(
      'UNKNOWN MONITOR_EXISTS INVALID_MONITOR UNKNOWN_MONITOR BAD_COMMAND BAD_FLAGS BAD_TABLE_ID BAD_OUT',
    ),
  },
  {
    name: 'BUNDLE_FAILED',
    prefix: 'OFPBFC',
    counts: [0, 16],
    codes: bundleCodes,
  },
];

type ExperimenterCode = readonly [code: number, name: string, versions?: Versions];
const only13: Versions = [4, 4];

/** Codes of Nicira (experimenter 0x2320). */
const niciraCodes: readonly ExperimenterCode[] = [
  [2, 'NXBRC_NXM_INVALID'],
  [3, 'NXBRC_NXM_BAD_TYPE'],
  [4, 'NXBRC_MUST_BE_ZERO'],
  [5, 'NXBRC_BAD_REASON'],
  [6, 'OFPMOFC_MONITOR_EXISTS', only13],
  [7, 'OFPMOFC_BAD_FLAGS', only13],
  [8, 'OFPMOFC_UNKNOWN_MONITOR', only13],
  [9, 'NXBRC_FM_BAD_EVENT'],
  [10, 'NXBRC_UNENCODABLE_ERROR'],
  [11, 'NXBAC_MUST_BE_ZERO'],
  [12, 'NXFMFC_HARDWARE'],
  [13, 'NXFMFC_BAD_TABLE_ID'],
  [15, 'NXBAC_BAD_CONJUNCTION'],
  [16, 'NXTTMFC_BAD_COMMAND'],
  [17, 'NXTTMFC_BAD_OPT_LEN'],
  [18, 'NXTTMFC_BAD_FIELD_IDX'],
  [19, 'NXTTMFC_TABLE_FULL'],
  [20, 'NXTTMFC_ALREADY_MAPPED'],
  [21, 'NXTTMFC_DUP_ENTRY'],
  [22, 'OFPBFC_BAD_VERSION', [5, 6]],
  [23, 'NXQOFC_QUEUE_ERROR', [5, 6]],
  [34, 'NXR_NOT_SUPPORTED'],
  [35, 'NXR_STALE'],
  [36, 'NXST_NOT_CONFIGURED'],
  [37, 'NXFMFC_INVALID_TLV_FIELD'],
  [38, 'NXTTMFC_INVALID_TLV_DEL'],
  [39, 'NXBAC_BAD_HEADER_TYPE'],
  [40, 'NXBAC_UNKNOWN_ED_PROP'],
  [41, 'NXBAC_BAD_ED_PROP'],
  [42, 'NXBAC_CT_DATAPATH_SUPPORT'],
  [43, 'NXBMC_CT_DATAPATH_SUPPORT'],
  [44, 'NXTFFC_DUP_TABLE'],
];

/**
 * Codes of the ONF (experimenter 0x4f4e4600): errors that later versions have, for earlier ones. Those of bundles are their
 * codes in OpenFlow 1.4 plus 2300.
 */
const onfCodes: readonly ExperimenterCode[] = [
  ...bundleCodes.slice(0, 16).map((code, index) => [2300 + index, `OFPBFC_${code}`, only13] as const),
  [2360, 'OFPFMFC_BAD_PRIORITY', only13],
  [2370, 'OFPACFC_INVALID', only13],
  [2371, 'OFPACFC_UNSUPPORTED', only13],
  [2372, 'OFPACFC_EPERM', only13],
  [2600, 'OFPBIC_DUP_INST', only13],
  [2640, 'OFPBRC_MULTIPART_REQUEST_TIMEOUT', only13],
  [2641, 'OFPBRC_MULTIPART_REPLY_TIMEOUT', only13],
  [4250, 'OFPBAC_BAD_SET_MASK', [4, 5]],
  [4443, 'OFPBPC_TOO_MANY', only13],
  [4444, 'OFPBPC_DUP_TYPE', only13],
  [4445, 'OFPBPC_BAD_EXPERIMENTER', only13],
  [4446, 'OFPBPC_BAD_EXP_TYPE', only13],
  [4447, 'OFPBPC_BAD_EXP_VALUE', only13],
  [4448, 'OFPBPC_EPERM', only13],
];

/** One error: its name, its numbers, and the first and last version that have it. */
export interface ErrorEntry {
  readonly codeName: string;
  readonly errorType: number;
  readonly errorCode: number;
  readonly experimenter?: number;
  readonly versions: Versions;
}

const experimenterType = 0xffff;

function firstVersion(
  code: number,
  { codes, counts: [in13, in14] = [codes.length, codes.length] }: ErrorType,
) {
  if (code < in13) return 4;
  return code < in14 ? 5 : 6;
}

function ofExperimenter(experimenter: number, codes: readonly ExperimenterCode[]): ErrorEntry[] {
  return codes.map(([errorCode, codeName, versions = [4, 6]]) => ({
    codeName,
    errorType: experimenterType,
    errorCode,
    experimenter,
    versions,
  }));
}

/** Every error there is. */
export const errorEntries: readonly ErrorEntry[] = [
  ...standardErrors.flatMap((type, errorType) =>
    type.codes.map((name, errorCode) => ({
      codeName: `${type.prefix}_${name}`,
      errorType,
      errorCode,
      versions: [firstVersion(errorCode, type), 6] as const,
    })),
  ),
  ...ofExperimenter(0x2320, niciraCodes),
  ...ofExperimenter(0x4f4e4600, onfCodes),
];

const entryKey = (type: number, code: number, experimenter: number) => `${type}/${code}/${experimenter}`;
const byNumbers = new Map(
  errorEntries.map((entry) => [entryKey(entry.errorType, entry.errorCode, entry.experimenter ?? 0), entry]),
);
const standardByName = new Map(
  errorEntries.filter((entry) => entry.experimenter === undefined).map((entry) => [entry.codeName, entry]),
);

/** The names of an error; undefined where there is none. */
export function errorNames(
  errorType: number,
  errorCode: number,
  experimenter = 0,
): { readonly typeName: string | undefined; readonly codeName: string | undefined } {
  const type =
    standardErrors[errorType]?.name ?? (errorType === experimenterType ? 'EXPERIMENTER' : undefined);
  const { codeName } = byNumbers.get(entryKey(errorType, errorCode, experimenter)) ?? {};
  return { typeName: type && `OFPET_${type}`, codeName };
}

/** The numbers of a standard error by the name of its code, such as `OFPFMFC_TABLE_FULL`. */
export function errorNumbers(codeName: string): { errorType: number; errorCode: number } | undefined {
  const entry = standardByName.get(codeName);
  return entry && { errorType: entry.errorType, errorCode: entry.errorCode };
}
