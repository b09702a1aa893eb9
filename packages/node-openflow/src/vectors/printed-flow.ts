/** Priority, match and actions as `ofp-print` shows them in a flow-mod; the rest of its line has a form of its own. */
export function matchAndActions(printed: string): string {
  const [head = '', actions = ''] = printed.split(/(?=actions=)/);
  const words = head.replace(/^.*\): /, '').split(' ');
  const known = /^(ADD|MOD|DEL|table:.*|cookie:.*|idle:.*|hard:.*|importance:.*|out_port:.*|[a-z]+_[a-z_]+)$/;
  const match = words.filter((word) => word !== '' && (!known.test(word) || word.includes('='))).join(' ');
  return `${match} ${actions}`.trim();
}
