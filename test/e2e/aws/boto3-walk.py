"""Walks the EC2 tutorial with boto3. `build` prints what it made; `destroy JSON` takes it apart, with waiters."""

import json
import sys

import boto3


def client(url):
    return boto3.client("ec2", endpoint_url=url)


def tags(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def build(ec2, cidr):
    vpc = ec2.create_vpc(CidrBlock=cidr + ".0.0/16", TagSpecifications=tags("vpc", "boto3"))["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    subnets = []
    for number in (1, 2):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{cidr}.{number}.0/24", AvailabilityZone=zone)["Subnet"]
        subnets.append(subnet["SubnetId"])
    ec2.get_waiter("subnet_available").wait(SubnetIds=subnets)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])["AssociationId"]
    group = ec2.create_security_group(GroupName="web", Description="boto3", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )
    instance = ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0],
        SecurityGroupIds=[group],
        UserData="#!/bin/sh\necho hello\n",
        TagSpecifications=tags("instance", "boto3"),
    )["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    second = attach_second(ec2, vpc, zone, instance)
    launched = shown(ec2, instance)["LaunchTime"]
    ec2.stop_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    ec2.start_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    assert shown(ec2, instance)["LaunchTime"] > launched
    ec2.reboot_instances(InstanceIds=[instance])
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required", HttpPutResponseHopLimit=2)
    assert shown(ec2, instance)["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    restore_default_subnet(ec2, zone)
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    pages = ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}], PaginationConfig={"PageSize": 5}
    )
    ports = [port for page in pages for port in page["NetworkInterfaces"]]
    port, other = sorted(ports, key=lambda port: port["Attachment"]["DeviceIndex"])
    assert other["NetworkInterfaceId"] == second["interface"], other
    assert port["Association"]["PublicIp"] == address["PublicIp"], port
    return {
        "vpc": vpc,
        "subnets": subnets,
        "gateway": gateway,
        "table": table,
        "association": association,
        "group": group,
        "instance": instance,
        "second": second,
        "allocation": address["AllocationId"],
        "publicIp": address["PublicIp"],
    }


def shown(ec2, instance):
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def restore_default_subnet(ec2, zone):
    filters = [{"Name": "default-for-az", "Values": ["true"]}, {"Name": "availability-zone", "Values": [zone]}]
    (before,) = ec2.describe_subnets(Filters=filters)["Subnets"]
    ec2.delete_subnet(SubnetId=before["SubnetId"])
    after = ec2.create_default_subnet(AvailabilityZone=zone)["Subnet"]
    assert (after["CidrBlock"], after["DefaultForAz"]) == (before["CidrBlock"], True), after


def attach_second(ec2, vpc, zone, instance):
    """An interface in a second block of the VPC, plugged into the instance while it runs."""
    block = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/20")["CidrBlockAssociation"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[interface])
    attachment = ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=instance, DeviceIndex=1)
    return {
        "block": block["AssociationId"],
        "subnet": subnet,
        "interface": interface,
        "attachment": attachment["AttachmentId"],
    }


def destroy_second(ec2, second):
    ec2.detach_network_interface(AttachmentId=second["attachment"])
    ec2.get_waiter("network_interface_available").wait(NetworkInterfaceIds=[second["interface"]])
    ec2.delete_network_interface(NetworkInterfaceId=second["interface"])
    ec2.delete_subnet(SubnetId=second["subnet"])
    ec2.disassociate_vpc_cidr_block(AssociationId=second["block"])


def destroy(ec2, made):
    destroy_second(ec2, made["second"])
    ec2.terminate_instances(InstanceIds=[made["instance"]])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[made["instance"]], WaiterConfig={"Delay": 1})
    ec2.release_address(AllocationId=made["allocation"])
    ec2.delete_security_group(GroupId=made["group"])
    ec2.disassociate_route_table(AssociationId=made["association"])
    ec2.delete_route_table(RouteTableId=made["table"])
    ec2.detach_internet_gateway(InternetGatewayId=made["gateway"], VpcId=made["vpc"])
    ec2.delete_internet_gateway(InternetGatewayId=made["gateway"])
    for subnet in made["subnets"]:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=made["vpc"])
    found = ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])
    assert found["Vpcs"] == [], found


if __name__ == "__main__":
    command, url, argument = sys.argv[1:]
    if command == "build":
        print(json.dumps(build(client(url), argument)))
    else:
        destroy(client(url), json.loads(argument))
