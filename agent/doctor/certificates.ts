import { X509Certificate } from 'node:crypto';
import { type Finding, fail, pass, warn } from './finding.ts';

const dayMs = 86_400_000;
/** So long before the end somebody should know. */
const warningDays = 30;

/**
 * How long a certificate is valid.
 * @param pem text with one or more certificates; the first is judged, which is one's own
 */
export function judgeCertificate(check: string, pem: string, now: Date): Finding {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    return fail(check, `is no certificate: ${(error as Error).message}`, 'Give a file in PEM.');
  }
  return judgeValidity(check, certificate.validFrom, certificate.validTo, now);
}

/** @param from and `to`: times as certificates print them */
export function judgeValidity(check: string, from: string, to: string, now: Date): Finding {
  const [start, end] = [new Date(from), new Date(to)];
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const renew = 'Renew it, and start the program again that uses it.';
  if (now < start) return fail(check, `is valid from ${day(start)} on`, 'Set the clock of this host.');
  if (now >= end) return fail(check, `has expired on ${day(end)}`, renew);
  const left = Math.floor((end.getTime() - now.getTime()) / dayMs);
  if (left < warningDays) return warn(check, `expires in ${left} days, on ${day(end)}`, renew);
  return pass(check, `valid until ${day(end)}`);
}
