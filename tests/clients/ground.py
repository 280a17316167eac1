"""What the tests of the clients stand on: a running demo server, and the people behind it.

Where the server is and who may decide is in the environment; `cargo xtask clients` sets it.
"""

import json
import os
import threading
import urllib.error
import urllib.request

ADDRESS = os.environ["COUNTERSIGN"]
SIMULATOR = os.environ["SIMULATOR"]
ADMINISTRATOR = os.environ["ADMINISTRATOR_TOKEN"]
TECHNICIAN = os.environ["TECHNICIAN_TOKEN"]

FINAL = {"applied", "failed", "partly_applied", "closed_unknown", "rejected", "withdrawn", "expired"}


def call(method, path, token=TECHNICIAN, body=None, headers=None):
    """One request to Countersign's REST; what it answers, or an error with its words."""
    request = urllib.request.Request(
        f"{ADDRESS}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {token}", **(headers or {})},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
    return json.loads(text) if text else None


def truth(kind):
    """What IT Glue really holds, read past everybody: the records of a kind, by id."""
    with urllib.request.urlopen(f"{SIMULATOR}/_control/records/{kind}", timeout=30) as answer:
        return {str(record["id"]): record for record in json.load(answer)}


class Agent:
    """An agent of its own for a test, so that nothing of others is in its way."""

    def __init__(self, name, **members):
        made = call("POST", "/admin/agents", token=ADMINISTRATOR, body={
            "name": name, "profile": "Documentation agents", "connection": "demo", **members,
        })
        self.name = name
        self.token = call("POST", f"/admin/agents/{made['id']}/tokens", token=ADMINISTRATOR, body={})["token"]

    def proposals(self):
        """Its proposals, the newest first."""
        return call("GET", "/proposals", token=self.token)["items"]


def approve(proposal):
    """A technician reads the proposal and approves what is shown."""
    shown = call("GET", f"/review/proposals/{proposal['id']}")
    call("POST", f"/review/proposals/{proposal['id']}/approve", body={
        "fingerprint": shown["fingerprint"], "reason": "As the ticket asks",
    })


def reject(proposal, reason):
    """A technician reads the proposal and rejects it."""
    shown = call("GET", f"/review/proposals/{proposal['id']}")
    call("POST", f"/review/proposals/{proposal['id']}/reject", body={
        "fingerprint": shown["fingerprint"], "reason": reason,
    })


def ended(agent, proposal):
    """The proposal, once it has come to its end."""
    path = f"/proposals/{proposal['id']}"
    for _ in range(6):
        proposal = call("GET", path, token=agent.token, headers={"prefer": "wait=30"})
        if proposal["status"] in FINAL:
            return proposal
    raise AssertionError(f"proposal {proposal['number']} is still {proposal['status']}")


def read_back(agent, proposal):
    """The same, once the record was read again and compared with what was sent."""
    number = ended(agent, proposal)["number"]
    path = f"/proposals/{proposal['id']}"
    proposal = call("GET", path, token=agent.token, headers={"prefer": "wait=30"})
    if proposal["outcome"]["verified"] is None:
        raise AssertionError(f"proposal {number} was not read back")
    return proposal


class Technician:
    """Approves whatever the agents propose, until the block ends."""

    def __init__(self, *agents):
        self.names = {agent.name for agent in agents}
        self.trouble = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()
        if self.trouble and not any(error):
            raise self.trouble

    def _work(self):
        try:
            while not self._done.wait(0.2):
                for proposal in call("GET", "/review/proposals?status=pending")["items"]:
                    if proposal["agent"] in self.names:
                        approve(proposal)
        except AssertionError as trouble:
            self.trouble = trouble
