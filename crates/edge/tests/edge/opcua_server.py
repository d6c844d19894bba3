"""An OPC UA server for the tests of the gateway.

    python opcua_server.py PORT FOLDER [secure]

A robot cell with a few variables, and a robot as the companion specification arranges it. What is to happen comes as
lines of JSON in FOLDER/orders; how many lines are done stands in FOLDER/done. Times are milliseconds after the start of
the order's own clock, which stands in FOLDER/epoch.
"""

import asyncio
import datetime
import json
import pathlib
import sys

from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from cryptography.x509.oid import ExtendedKeyUsageOID

CELL = "urn:guildhall:test:cell"
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"
APPLICATION = "urn:guildhall:test:server"


class OneUser(UserManager):
    def get_user(self, iserver, username=None, password=None, certificate=None):
        if isinstance(password, bytes):
            password = password.decode()
        return User(role=UserRole.User) if (username, password) == ("edge", "a good password") else None


async def make(port, folder, is_secure):
    server = Server(user_manager=OneUser()) if is_secure else Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    await server.set_application_uri(APPLICATION)
    if is_secure:
        key, certificate = folder / "key.pem", folder / "certificate.der"
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        names = {"countryName": "CN", "organizationName": "Guildhall tests"}
        await setup_self_signed_certificate(key, certificate, APPLICATION, "127.0.0.1", usages, names)
        await server.load_certificate(str(certificate))
        await server.load_private_key(str(key))
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    else:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    return server


async def build(server):
    cell = await server.register_namespace(CELL)
    robotics = await server.register_namespace(ROBOTICS)
    objects = server.nodes.objects
    one = await objects.add_object(ua.NodeId("Cell", cell), ua.QualifiedName("Cell", cell))
    nodes = {}

    async def variable(parent, namespace, name, value, kind):
        node = await parent.add_variable(
            ua.NodeId(name, namespace), ua.QualifiedName(name, namespace), value, kind
        )
        nodes[name] = (node, kind)

    await variable(one, cell, "Force", 1.5, ua.VariantType.Double)
    await variable(one, cell, "EStop", False, ua.VariantType.Boolean)
    await variable(one, cell, "Step", 0, ua.VariantType.Int32)
    devices = await objects.add_object(ua.NodeId("DeviceSet", cell), ua.QualifiedName("DeviceSet", cell))
    system = await devices.add_object(ua.NodeId("Robot1", cell), ua.QualifiedName("Robot1", cell))
    states = await system.add_folder(ua.NodeId("SafetyStates", robotics), ua.QualifiedName("SafetyStates", robotics))
    state = await states.add_object(ua.NodeId("State1", robotics), ua.QualifiedName("State1", robotics))
    values = await state.add_object(ua.NodeId("ParameterSet", robotics), ua.QualifiedName("ParameterSet", robotics))
    await variable(values, robotics, "OperationalMode", 3, ua.VariantType.Int32)
    await variable(values, robotics, "EmergencyStop", False, ua.VariantType.Boolean)
    await variable(values, robotics, "ProtectiveStop", False, ua.VariantType.Boolean)
    return nodes, one, cell, variable


async def obey(server, folder, nodes, one, cell, variable):
    orders, done = folder / "orders", 0
    while True:
        lines = orders.read_text().split("\n") if orders.exists() else []
        for line in lines[done:]:
            if not line:
                break
            order = json.loads(line)
            if order.get("make"):
                await variable(one, cell, order["make"], 0.0, ua.VariantType.Double)
            else:
                node, kind = nodes[order["set"]]
                at = datetime.datetime.fromtimestamp(order["at_ms"] / 1000, datetime.timezone.utc).replace(tzinfo=None)
                value = ua.DataValue(
                    ua.Variant(order["value"], kind),
                    StatusCode=ua.StatusCode(order.get("status", 0)),
                    SourceTimestamp=at,
                    ServerTimestamp=at,
                )
                await server.write_attribute_value(node.nodeid, value)
            done += 1
            (folder / "done").write_text(str(done))
        await asyncio.sleep(0.01)


async def main():
    port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    server = await make(port, folder, "secure" in sys.argv[3:])
    made = await build(server)
    # What was ordered before a restart is not done again.
    (folder / "orders").unlink(missing_ok=True)
    (folder / "done").unlink(missing_ok=True)
    async with server:
        await obey(server, folder, *made)


asyncio.run(main())
