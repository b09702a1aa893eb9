/** An element of an answer: its text, or its children by name; sets of items as lists. */
export type XmlValue = string | XmlValue[] | { [name: string]: XmlValue };

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#xD': '\r' };
const plainText = (text: string) => text.replace(/&(#?\w+);/g, (_all, name) => entities[name] ?? `&${name};`);

/** Reads the XML that the API writes: elements and text, no attributes but a namespace. Throws when it is not closed. */
export function readXml(text: string): { name: string; namespace: string | undefined; value: XmlValue } {
  const tokens = text.matchAll(/<\?[^>]*\?>|<(\/?)([\w.-]+)(?: xmlns="([^"]*)")?>|([^<]+)/g);
  const stack: {
    name: string;
    namespace: string | undefined;
    text: string;
    children: [string, XmlValue][];
  }[] = [{ name: '', namespace: undefined, text: '', children: [] }];
  for (const [, slash, name, namespace, content] of tokens) {
    const top = stack.at(-1);
    if (!top) throw new Error('more is closed than was opened');
    if (content !== undefined) top.text += content;
    else if (name !== undefined && slash === '') stack.push({ name, namespace, text: '', children: [] });
    else if (name !== undefined) {
      if (top.name !== name) throw new Error(`<${top.name}> is closed as </${name}>`);
      stack.pop();
      stack.at(-1)?.children.push([name, contentOf(top)]);
      if (stack.length === 1) return { name, namespace: top.namespace, value: contentOf(top) };
    }
  }
  throw new Error(`not closed: ${text.slice(0, 200)}`);
}

function contentOf({ text, children }: { text: string; children: [string, XmlValue][] }): XmlValue {
  if (children.length === 0) return plainText(text.trim());
  if (children.every(([name]) => name === 'item')) return children.map(([, value]) => value);
  return Object.fromEntries(children);
}
