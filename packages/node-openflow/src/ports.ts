/** Reserved port numbers (OFPP_*, OpenFlow 1.5.1, section 7.2.1). */
export const ports = {
  /** Ports up to this number are physical or logical ports of the switch. */
  maximum: 0xffffff00,
  /** Default for a field that restricts nothing; also how a switch spells "no output" in an action set. */
  unset: 0xfffffff7,
  inPort: 0xfffffff8,
  table: 0xfffffff9,
  normal: 0xfffffffa,
  flood: 0xfffffffb,
  all: 0xfffffffc,
  controller: 0xfffffffd,
  local: 0xfffffffe,
  any: 0xffffffff,
} as const;

/** Reserved group numbers (OFPG_*). */
export const groups = { maximum: 0xffffff00, all: 0xfffffffc, any: 0xffffffff } as const;

/** Reserved bucket numbers (OFPG_BUCKET_*, OpenFlow 1.5). */
export const bucketIds = {
  maximum: 0xffffff00,
  first: 0xfffffffd,
  last: 0xfffffffe,
  all: 0xffffffff,
} as const;

/** Reserved meter numbers (OFPM_*). */
export const meters = {
  maximum: 0xffff0000,
  slowPath: 0xfffffffd,
  controller: 0xfffffffe,
  all: 0xffffffff,
} as const;

/** "All tables" in requests and deletions (OFPTT_ALL). */
export const allTables = 255;

/** "Not buffered" (OFP_NO_BUFFER). */
export const noBuffer = 0xffffffff;

/** Priority of a flow that does not name one. */
export const defaultPriority = 32768;
