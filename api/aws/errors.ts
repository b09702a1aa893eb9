import { channel } from 'node:diagnostics_channel';

/**
 * Every error that the AWS-compatible API answers, in one place: code → HTTP status and what it means. Codes are those
 * of the EC2 API reference, "Error codes"; clients tell by them what to do. Status 503 makes clients try again.
 */
export const awsErrorCodes = {
  AuthFailure: { status: 401, meaning: 'The credentials are not known, or their region is none of ours.' },
  MissingAuthenticationToken: { status: 403, meaning: 'The request is not signed.' },
  SignatureDoesNotMatch: { status: 403, meaning: 'The signature is not that of the request and key.' },
  IncompleteSignature: { status: 400, meaning: 'The signature lacks a part.' },
  InvalidClientTokenId: { status: 403, meaning: 'There is no such access key.' },
  RequestExpired: { status: 400, meaning: 'The time of the request is too far from now.' },
  UnauthorizedOperation: { status: 403, meaning: 'The role of the access key does not allow the action.' },
  DryRunOperation: { status: 412, meaning: 'Would have succeeded; nothing was changed, as DryRun asks.' },
  MissingAction: { status: 400, meaning: 'There is no Action.' },
  InvalidAction: { status: 400, meaning: 'There is no such action, or it is not served.' },
  MalformedQueryString: { status: 400, meaning: 'The form cannot be read.' },
  UnknownParameter: { status: 400, meaning: 'The action has no such parameter.' },
  MissingParameter: { status: 400, meaning: 'A parameter is needed that is absent.' },
  InvalidParameterValue: { status: 400, meaning: 'The value of a parameter is not possible.' },
  InvalidParameterCombination: { status: 400, meaning: 'Parameters exclude each other.' },
  UnsupportedOperation: {
    status: 400,
    meaning: 'AWS has this parameter, or this value of it; weft has not.',
  },
  OperationNotPermitted: { status: 400, meaning: 'This cannot be done to this resource.' },
  InvalidPaginationToken: { status: 400, meaning: 'NextToken was not made by this API for this request.' },
  IdempotentParameterMismatch: { status: 400, meaning: 'The client token was used with other parameters.' },
  DependencyViolation: { status: 400, meaning: 'Other resources depend on this one.' },
  IncorrectState: { status: 400, meaning: 'The resource is not in a state in which this can be done.' },
  'Resource.AlreadyAssociated': { status: 400, meaning: 'It is associated with another resource.' },
  'Gateway.NotAttached': { status: 400, meaning: 'The gateway is not attached to this VPC.' },
  'InvalidVpcID.NotFound': { status: 400, meaning: 'There is no such VPC.' },
  'InvalidVpcID.Malformed': { status: 400, meaning: 'This is no id of a VPC.' },
  'InvalidVpc.Range': { status: 400, meaning: 'The block of a VPC must be from /16 to /28.' },
  VpcLimitExceeded: { status: 400, meaning: 'The account has as many VPCs as it may have.' },
  DefaultVpcAlreadyExists: { status: 400, meaning: 'The region has a default VPC already.' },
  DefaultVpcDoesNotExist: { status: 400, meaning: 'The region has no default VPC any more.' },
  DefaultSubnetAlreadyExistsInAvailabilityZone: {
    status: 400,
    meaning: 'The zone has a default subnet already.',
  },
  'InvalidSubnetID.NotFound': { status: 400, meaning: 'There is no such subnet.' },
  'InvalidSubnetID.Malformed': { status: 400, meaning: 'This is no id of a subnet.' },
  'InvalidSubnet.Range': { status: 400, meaning: 'The block is not inside the VPC, or of a wrong size.' },
  'InvalidSubnet.Conflict': { status: 400, meaning: 'The block overlaps another subnet.' },
  SubnetLimitExceeded: { status: 400, meaning: 'The VPC has as many subnets as it may have.' },
  InsufficientCidrBlocks: { status: 400, meaning: 'The subnet has no free block for a prefix.' },
  PrivateIpAddressLimitExceeded: {
    status: 400,
    meaning: 'The interface has as many addresses and prefixes as it may have.',
  },
  InsufficientFreeAddressesInSubnet: { status: 400, meaning: 'Every address of the subnet is taken.' },
  'InvalidRouteTableID.NotFound': { status: 400, meaning: 'There is no such route table.' },
  'InvalidRouteTableId.Malformed': { status: 400, meaning: 'This is no id of a route table.' },
  'InvalidRoute.NotFound': { status: 400, meaning: 'The table has no route to this destination.' },
  RouteAlreadyExists: { status: 400, meaning: 'The table has a route to this destination.' },
  RouteTableLimitExceeded: { status: 400, meaning: 'The VPC has as many route tables as it may have.' },
  'InvalidAssociationID.NotFound': { status: 400, meaning: 'There is no such association.' },
  'InvalidInternetGatewayID.NotFound': { status: 400, meaning: 'There is no such internet gateway.' },
  'InvalidInternetGatewayId.Malformed': { status: 400, meaning: 'This is no id of an internet gateway.' },
  'InvalidNetworkAclID.NotFound': { status: 400, meaning: 'There is no such network ACL.' },
  'InvalidNetworkAclID.Malformed': { status: 400, meaning: 'This is no id of a network ACL.' },
  'InvalidNetworkAclEntry.NotFound': { status: 400, meaning: 'The ACL has no entry of this number.' },
  NetworkAclEntryAlreadyExists: { status: 400, meaning: 'The ACL has an entry of this number.' },
  NetworkAclEntryLimitExceeded: { status: 400, meaning: 'The ACL has as many entries as it may have.' },
  NetworkAclLimitExceeded: { status: 400, meaning: 'There are as many ACLs as there may be.' },
  'InvalidVpcPeeringConnectionID.NotFound': { status: 400, meaning: 'There is no such connection.' },
  'InvalidVpcPeeringConnectionId.Malformed': { status: 400, meaning: 'This is no id of a connection.' },
  VpcPeeringConnectionAlreadyExists: { status: 400, meaning: 'The two VPCs are joined already.' },
  VpcPeeringConnectionsPerVpcLimitExceeded: { status: 400, meaning: 'A VPC has too many connections.' },
  InvalidStateTransition: { status: 400, meaning: 'The connection is not in a state for this.' },
  'InvalidPrefixListID.NotFound': { status: 400, meaning: 'There is no such prefix list.' },
  'InvalidPrefixListId.Malformed': { status: 400, meaning: 'This is no id of a prefix list.' },
  PrefixListVersionMismatch: { status: 400, meaning: 'The prefix list was changed meanwhile.' },
  PrefixListMaxEntriesExceeded: { status: 400, meaning: 'The list, or what names it, has no room.' },
  'InvalidDhcpOptionID.NotFound': { status: 400, meaning: 'There is no such set of DHCP options.' },
  'InvalidDhcpOptionsId.Malformed': { status: 400, meaning: 'This is no id of a set of DHCP options.' },
  'InvalidGatewayID.NotFound': { status: 400, meaning: 'There is no such gateway.' },
  CidrLimitExceeded: { status: 400, meaning: 'The VPC has as many blocks as it may have.' },
  'InvalidVpnGatewayID.NotFound': { status: 400, meaning: 'There is no such VPN gateway.' },
  'InvalidCustomerGatewayID.NotFound': { status: 400, meaning: 'There is no such customer gateway.' },
  'InvalidVpnConnectionID.NotFound': { status: 400, meaning: 'There is no such VPN connection.' },
  'InvalidVpcEndpointId.NotFound': { status: 400, meaning: 'There is no such endpoint.' },
  'InvalidTransitGatewayID.NotFound': { status: 400, meaning: 'There is no such transit gateway.' },
  'InvalidTransitGatewayAttachmentID.NotFound': { status: 400, meaning: 'There is no such attachment.' },
  'InvalidTrafficMirrorTargetId.NotFound': { status: 400, meaning: 'There is no such mirror target.' },
  'InvalidTrafficMirrorFilterId.NotFound': { status: 400, meaning: 'There is no such mirror filter.' },
  'InvalidCarrierGatewayID.NotFound': { status: 400, meaning: 'There is no such carrier gateway.' },
  'InvalidVpcEndpointServiceId.NotFound': { status: 400, meaning: 'There is no such endpoint service.' },
  InvalidServiceName: { status: 400, meaning: 'There is no such endpoint service.' },
  'InvalidFlowLogId.NotFound': { status: 400, meaning: 'There is no such flow log.' },
  NatGatewayNotFound: { status: 400, meaning: 'There is no such NAT gateway.' },
  'InvalidNatGatewayID.NotFound': { status: 400, meaning: 'There is no such NAT gateway for a route.' },
  VPCIdNotSpecified: { status: 400, meaning: 'There is no default VPC, and no VPC is named.' },
  'InvalidGroup.NotFound': { status: 400, meaning: 'There is no such security group.' },
  'InvalidGroup.Duplicate': { status: 400, meaning: 'The VPC has a group of this name.' },
  'InvalidGroupId.Malformed': { status: 400, meaning: 'This is no id of a security group.' },
  CannotDelete: { status: 400, meaning: 'The default group goes with its VPC.' },
  'InvalidPermission.NotFound': { status: 400, meaning: 'The group has no such rule.' },
  'InvalidPermission.Duplicate': { status: 400, meaning: 'The group has this rule already.' },
  'InvalidPermission.Malformed': { status: 400, meaning: 'The rule is not possible.' },
  'InvalidSecurityGroupRuleId.NotFound': { status: 400, meaning: 'There is no such rule.' },
  'InvalidSecurityGroupRuleId.Malformed': { status: 400, meaning: 'This is no id of a rule.' },
  RulesPerSecurityGroupLimitExceeded: { status: 400, meaning: 'The group has as many rules as it may have.' },
  SecurityGroupLimitExceeded: { status: 400, meaning: 'The VPC has as many groups as it may have.' },
  'InvalidNetworkInterfaceID.NotFound': { status: 400, meaning: 'There is no such network interface.' },
  'InvalidNetworkInterfaceId.Malformed': { status: 400, meaning: 'This is no id of a network interface.' },
  'InvalidNetworkInterface.InUse': { status: 400, meaning: 'The interface belongs to an instance.' },
  NetworkInterfaceLimitExceeded: { status: 400, meaning: 'There are as many interfaces as there may be.' },
  'InvalidAttachmentID.NotFound': { status: 400, meaning: 'Nothing is attached by this attachment.' },
  AttachmentLimitExceeded: { status: 400, meaning: 'The instance has as many interfaces as it may have.' },
  'InvalidIPAddress.InUse': { status: 400, meaning: 'Another interface has the address.' },
  'InvalidAllocationID.NotFound': { status: 400, meaning: 'There is no such elastic IP.' },
  'InvalidAddress.NotFound': { status: 400, meaning: 'No elastic IP of yours has this address.' },
  'InvalidAddress.Locked': { status: 400, meaning: 'The address cannot be released.' },
  AddressLimitExceeded: { status: 400, meaning: 'There is no free public address.' },
  InsufficientAddressCapacity: { status: 400, meaning: 'The external network has no free address.' },
  'InvalidInstanceID.NotFound': { status: 400, meaning: 'There is no such instance.' },
  'InvalidInstanceID.Malformed': { status: 400, meaning: 'This is no id of an instance.' },
  IncorrectInstanceState: {
    status: 400,
    meaning: 'The instance is not in a state in which this can be done.',
  },
  'InvalidUserData.Malformed': { status: 400, meaning: 'The user data is not base64.' },
  InsufficientInstanceCapacity: { status: 400, meaning: 'No host of the zone can run it.' },
  InstanceLimitExceeded: { status: 400, meaning: 'The account has as many instances as it may have.' },
  InvalidID: { status: 400, meaning: 'No resource that can have tags has this id.' },
  TagLimitExceeded: { status: 400, meaning: 'A resource has at most 50 tags.' },
  'InvalidTagKey.Malformed': { status: 400, meaning: 'The key of the tag is reserved or too long.' },
  ResourceLimitExceeded: { status: 400, meaning: 'There are as many of these as there may be.' },
  RequestLimitExceeded: {
    status: 503,
    meaning: 'Too many requests, or others were always faster; try again.',
  },
  ServiceUnavailable: { status: 503, meaning: 'The store cannot be written at the moment; try again.' },
  InternalError: { status: 500, meaning: 'A defect in the controller.' },
} as const satisfies Record<string, { status: number; meaning: string }>;
export type AwsErrorCode = keyof typeof awsErrorCodes;

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

/** A request that is refused, in AWS's words. Nothing was written. */
export class AwsError extends Error {
  readonly code: AwsErrorCode;

  constructor(code: AwsErrorCode, message: string) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    errorsMade.publish(this);
  }

  get status(): number {
    return awsErrorCodes[this.code].status;
  }
}
