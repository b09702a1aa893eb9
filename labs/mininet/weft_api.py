"""The weft controller as a process, and its REST API, as a lab needs them."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request

from weft_nodes import WEFT, LabFailure, stop, wait_for


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Controller:
    """`weft controller` with a store in the lab's directory."""

    def __init__(self, directory):
        self.api_port = free_port()
        self.openflow_port = free_port()
        self.log_path = os.path.join(directory, "controller.log")
        command = [WEFT, "controller", "--api", f"127.0.0.1:{self.api_port}"]
        command += ["--openflow", f"127.0.0.1:{self.openflow_port}", "--store", f"sqlite:{directory}/weft.db"]
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.api = Api(f"http://127.0.0.1:{self.api_port}/v1")
        wait_for(f"controller ready (see {self.log_path})", self._is_ready)

    def _is_ready(self):
        if self.process.poll() is not None:
            with open(self.log_path, encoding="utf-8") as log:
                raise LabFailure(f"the controller ended: {log.read().strip()}")
        try:
            self.api.get("/health")
            return True
        except OSError:
            return False

    def close(self):
        stop(self.process)


class Api:
    """Calls of the REST API; what the controller refuses raises LabFailure with its words."""

    def __init__(self, url):
        self.url = url
        self.hosts = []  # whose caches a write waits for, too

    def get(self, path):
        return self._call("GET", path)

    def create(self, path, **spec):
        return self._call("POST", path, {"spec": spec})

    def create_and_wait(self, path, **spec):
        """Returns when every affected host has confirmed."""
        return self._applied(self._call("POST", f"{path}?wait=applied", {"spec": spec}))

    def update_and_wait(self, path, **spec):
        return self._applied(self._call("PATCH", f"{path}?wait=applied", {"spec": spec}))

    def delete_and_wait(self, path):
        return self._applied(self._call("DELETE", f"{path}?wait=applied"))

    def _applied(self, answer):
        if not answer["receipt"]["applied"]:
            raise LabFailure(f"not on every host: {answer['receipt']}")
        for host in self.hosts:
            host.refresh_cache()
        return answer

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("content-type", "application/json")
        if data is None:
            request.remove_header("Content-type")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read() or b"{}")
            raise LabFailure(f"{method} {path}: {problem.get('detail')} {problem.get('fix', '')}") from error
