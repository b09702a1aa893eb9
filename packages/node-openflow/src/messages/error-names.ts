/*
 * Names of errors: OpenFlow 1.5.1, section 7.5.4, and Open vSwitch's extensions. The codes of a type count from 0;
 * an empty name is a code without one.
 */

interface ErrorType {
  readonly name: string;
  readonly prefix: string;
  readonly codes: string;
}

const standardTypes: readonly ErrorType[] = [
  { name: 'HELLO_FAILED', prefix: 'OFPHFC', codes: 'INCOMPATIBLE EPERM' },
  {
    name: 'BAD_REQUEST',
    prefix: 'OFPBRC',
    codes:
      'BAD_VERSION BAD_TYPE BAD_MULTIPART BAD_EXPERIMENTER BAD_EXP_TYPE EPERM BAD_LEN BUFFER_EMPTY BUFFER_UNKNOWN ' +
      'BAD_TABLE_ID IS_SECONDARY BAD_PORT BAD_PACKET MULTIPART_BUFFER_OVERFLOW MULTIPART_REQUEST_TIMEOUT ' +
      'MULTIPART_REPLY_TIMEOUT MULTIPART_BAD_SCHED PIPELINE_FIELDS_ONLY UNKNOWN',
  },
  {
    name: 'BAD_ACTION',
    prefix: 'OFPBAC',
    codes:
      'BAD_TYPE BAD_LEN BAD_EXPERIMENTER BAD_EXP_TYPE BAD_OUT_PORT BAD_ARGUMENT EPERM TOO_MANY BAD_QUEUE ' +
      'BAD_OUT_GROUP MATCH_INCONSISTENT UNSUPPORTED_ORDER BAD_TAG BAD_SET_TYPE BAD_SET_LEN BAD_SET_ARGUMENT ' +
      'BAD_SET_MASK BAD_METER',
  },
  {
    name: 'BAD_INSTRUCTION',
    prefix: 'OFPBIC',
    codes:
      'UNKNOWN_INST UNSUP_INST BAD_TABLE_ID UNSUP_METADATA UNSUP_METADATA_MASK BAD_EXPERIMENTER BAD_EXP_TYPE ' +
      'BAD_LEN EPERM DUP_INST',
  },
  {
    name: 'BAD_MATCH',
    prefix: 'OFPBMC',
    codes:
      'BAD_TYPE BAD_LEN BAD_TAG BAD_DL_ADDR_MASK BAD_NW_ADDR_MASK BAD_WILDCARDS BAD_FIELD BAD_VALUE BAD_MASK ' +
      'BAD_PREREQ DUP_FIELD EPERM',
  },
  {
    name: 'FLOW_MOD_FAILED',
    prefix: 'OFPFMFC',
    codes:
      'UNKNOWN TABLE_FULL BAD_TABLE_ID OVERLAP EPERM BAD_TIMEOUT BAD_COMMAND BAD_FLAGS CANT_SYNC BAD_PRIORITY IS_SYNC',
  },
  {
    name: 'GROUP_MOD_FAILED',
    prefix: 'OFPGMFC',
    codes:
      'GROUP_EXISTS INVALID_GROUP WEIGHT_UNSUPPORTED OUT_OF_GROUPS OUT_OF_BUCKETS CHAINING_UNSUPPORTED ' +
      'WATCH_UNSUPPORTED LOOP UNKNOWN_GROUP CHAINED_GROUP BAD_TYPE BAD_COMMAND BAD_BUCKET BAD_WATCH EPERM ' +
      'UNKNOWN_BUCKET BUCKET_EXISTS',
  },
  {
    name: 'PORT_MOD_FAILED',
    prefix: 'OFPPMFC',
    codes: 'BAD_PORT BAD_HW_ADDR BAD_CONFIG BAD_ADVERTISE EPERM',
  },
  { name: 'TABLE_MOD_FAILED', prefix: 'OFPTMFC', codes: 'BAD_TABLE BAD_CONFIG EPERM' },
  { name: 'QUEUE_OP_FAILED', prefix: 'OFPQOFC', codes: 'BAD_PORT BAD_QUEUE EPERM' },
  { name: 'SWITCH_CONFIG_FAILED', prefix: 'OFPSCFC', codes: 'BAD_FLAGS BAD_LEN EPERM' },
  { name: 'ROLE_REQUEST_FAILED', prefix: 'OFPRRFC', codes: 'STALE UNSUP BAD_ROLE ID_UNSUP ID_IN_USE' },
  {
    name: 'METER_MOD_FAILED',
    prefix: 'OFPMMFC',
    codes:
      'UNKNOWN METER_EXISTS INVALID_METER UNKNOWN_METER BAD_COMMAND BAD_FLAGS BAD_RATE BAD_BURST BAD_BAND ' +
      'BAD_BAND_VALUE OUT_OF_METERS OUT_OF_BANDS',
  },
  {
    name: 'TABLE_FEATURES_FAILED',
    prefix: 'OFPTFFC',
    codes:
      'BAD_TABLE BAD_METADATA BAD_TYPE BAD_LEN BAD_ARGUMENT EPERM BAD_CAPA BAD_MAX_ENT BAD_FEATURES BAD_COMMAND ' +
      'TOO_MANY',
  },
  {
    name: 'BAD_PROPERTY',
    prefix: 'OFPBPC',
    codes: 'BAD_TYPE BAD_LEN BAD_VALUE TOO_MANY DUP_TYPE BAD_EXPERIMENTER BAD_EXP_TYPE BAD_EXP_VALUE EPERM',
  },
  { name: 'ASYNC_CONFIG_FAILED', prefix: 'OFPACFC', codes: 'INVALID UNSUPPORTED EPERM' },
  {
    name: 'FLOW_MONITOR_FAILED',
    prefix: 'OFPMOFC',
    codes:
      'UNKNOWN MONITOR_EXISTS INVALID_MONITOR UNKNOWN_MONITOR BAD_COMMAND BAD_FLAGS BAD_TABLE_ID BAD_OUT',
  },
  {
    name: 'BUNDLE_FAILED',
    prefix: 'OFPBFC',
    codes:
      'UNKNOWN EPERM BAD_ID BUNDLE_EXIST BUNDLE_CLOSED OUT_OF_BUNDLES BAD_TYPE BAD_FLAGS MSG_BAD_LEN MSG_BAD_XID ' +
      'MSG_UNSUP MSG_CONFLICT MSG_TOO_MANY MSG_FAILED TIMEOUT BUNDLE_IN_PROGRESS SCHED_NOT_SUPPORTED ' +
      'SCHED_FUTURE SCHED_PAST',
  },
];

/** Codes of the Nicira experimenter (0x2320). */
const niciraCodes: Readonly<Record<number, string>> = {
  2: 'NXBRC_NXM_INVALID',
  3: 'NXBRC_NXM_BAD_TYPE',
  4: 'NXBRC_MUST_BE_ZERO',
  5: 'NXBRC_BAD_REASON',
  6: 'OFPMOFC_MONITOR_EXISTS',
  7: 'OFPMOFC_BAD_FLAGS',
  8: 'OFPMOFC_UNKNOWN_MONITOR',
  9: 'NXBRC_FM_BAD_EVENT',
  10: 'NXBRC_UNENCODABLE_ERROR',
  11: 'NXBAC_MUST_BE_ZERO',
  12: 'NXFMFC_HARDWARE',
  13: 'NXFMFC_BAD_TABLE_ID',
  15: 'NXBAC_BAD_CONJUNCTION',
  16: 'NXTTMFC_BAD_COMMAND',
  17: 'NXTTMFC_BAD_OPT_LEN',
  18: 'NXTTMFC_BAD_FIELD_IDX',
  19: 'NXTTMFC_TABLE_FULL',
  20: 'NXTTMFC_ALREADY_MAPPED',
  21: 'NXTTMFC_DUP_ENTRY',
  22: 'OFPBFC_BAD_VERSION',
  23: 'NXQOFC_QUEUE_ERROR',
  34: 'NXR_NOT_SUPPORTED',
  35: 'NXR_STALE',
  36: 'NXST_NOT_CONFIGURED',
  37: 'NXFMFC_INVALID_TLV_FIELD',
  38: 'NXTTMFC_INVALID_TLV_DEL',
  39: 'NXBAC_BAD_HEADER_TYPE',
  40: 'NXBAC_UNKNOWN_ED_PROP',
  41: 'NXBAC_BAD_ED_PROP',
  42: 'NXBAC_CT_DATAPATH_SUPPORT',
  43: 'NXBMC_CT_DATAPATH_SUPPORT',
  44: 'NXTFFC_DUP_TABLE',
};

const niciraExperimenter = 0x2320;
const onfExperimenter = 0x4f4e4600;
/** In OpenFlow 1.3 the errors of bundles are ONF's, numbered from here. */
const onfBundleErrors = 2300;
const experimenterErrors = 0xffff;

function standardCode(type: ErrorType | undefined, code: number): string | undefined {
  const name = type?.codes.split(' ')[code];
  return type && name ? `${type.prefix}_${name}` : undefined;
}

function experimenterCode(experimenter: number | undefined, code: number): string | undefined {
  if (experimenter === niciraExperimenter) return niciraCodes[code];
  const bundle = standardTypes.at(-1);
  return experimenter === onfExperimenter ? standardCode(bundle, code - onfBundleErrors) : undefined;
}

/** The names of an error; undefined where there is none. */
export function errorNames(
  errorType: number,
  errorCode: number,
  experimenter?: number,
): { readonly typeName: string | undefined; readonly codeName: string | undefined } {
  if (errorType === experimenterErrors) {
    return { typeName: 'OFPET_EXPERIMENTER', codeName: experimenterCode(experimenter, errorCode) };
  }
  const type = standardTypes[errorType];
  return { typeName: type && `OFPET_${type.name}`, codeName: standardCode(type, errorCode) };
}

/** The numbers of a standard error by the name of its code, such as `OFPFMFC_TABLE_FULL`. */
export function errorNumbers(codeName: string): { errorType: number; errorCode: number } | undefined {
  for (const [errorType, type] of standardTypes.entries()) {
    if (!codeName.startsWith(`${type.prefix}_`)) continue;
    const errorCode = type.codes.split(' ').indexOf(codeName.slice(type.prefix.length + 1));
    return errorCode < 0 ? undefined : { errorType, errorCode };
  }
  return undefined;
}
