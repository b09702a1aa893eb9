import { decodeMessage, encodeMessage, type FlowMod, formatFlow, parseFlow } from 'node-openflow';

// What ovs-ofctl takes as text becomes a plain object…
const flow: FlowMod = parseFlow(
  'table=5,priority=100,ip,nw_dst=10.0.0.0/8 actions=set_field:7->reg0,resubmit(,6)',
);
console.log(flow.match);

// …which can be changed like any other…
const louder: FlowMod = { ...flow, priority: 200, cookie: 0xfeedn };

// …and travels as bytes of OpenFlow 1.5; versions 4 and 5 are 1.3 and 1.4.
const bytes = encodeMessage(louder, { version: 6, xid: 1 });
console.log(Buffer.from(bytes).toString('hex'));

// Back again: the bytes, the object and the text say the same.
const decoded = decodeMessage(bytes);
if (decoded.type === 'flow-mod') console.log(formatFlow(decoded));
