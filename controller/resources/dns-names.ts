/** The domain of the private names of every VPC of a region (AWS, "DNS attributes for your VPC"). */
export function internalDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
}

/**
 * The domain of the public names of a region (AWS, "DNS attributes for your VPC"). What is asked here for a name of it, and does
 * not stand for a private address, is answered as the DNS of AWS does: by the address in the name.
 */
export function publicDomain(region: string): string {
  return region === 'us-east-1' ? 'compute-1.amazonaws.com' : `${region}.compute.amazonaws.com`;
}

const dashed = (address: string) => address.replaceAll('.', '-');

/** The name of a private address in its domain: `ip-10-0-0-5.ec2.internal`. */
export const privateName = (address: string, domain: string) => `ip-${dashed(address)}.${domain}`;

/** The name of a public address: `ec2-203-0-113-5.compute-1.amazonaws.com`. */
export const publicName = (address: string, region: string) =>
  `ec2-${dashed(address)}.${publicDomain(region)}`;

/**
 * True when interfaces with a public address have a public name. AWS: "If both attributes are set to true: instances with a
 * public IP address receive corresponding public DNS hostnames. If at least one of the attributes is set to false: they do not."
 */
export const hasPublicNames = ({
  spec,
}: {
  readonly spec: {
    readonly enableDnsSupport?: boolean | undefined;
    readonly enableDnsHostnames?: boolean | undefined;
  };
}) => spec.enableDnsSupport !== false && spec.enableDnsHostnames === true;
