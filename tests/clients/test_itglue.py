"""The package `itglue` as it comes from the registry, pointed at the gateway."""

import json
import unittest

import itglue
import requests

from ground import ADDRESS, Agent, Technician, approve, ended, read_back, reject, truth

HELD = 409
GATEWAY = f"{ADDRESS}/itglue"


class Client(unittest.TestCase):
    """Each test is an agent of its own, with the client as its documentation sets it up."""

    wait = 0

    def setUp(self):
        self.agent = Agent(self._testMethodName[:60], gateway_wait_seconds=self.wait)
        itglue.connection.set_credentials(self.agent.token, GATEWAY)

    def refused(self, status, work):
        """What the client raises: the status, and IT Glue's list of errors."""
        with self.assertRaises(itglue.connection.ResponseError) as caught:
            work()
        code, text = caught.exception.args
        self.assertEqual(code, status, text)
        return json.loads(text)["errors"][0]["detail"]


class Reading(Client):
    def test_lists_to_the_last_page(self):
        wanted = truth("configurations")
        found = itglue.Configuration.get()
        self.assertGreater(len(wanted), 50, "one page would prove nothing")
        self.assertEqual({one.id for one in found}, set(wanted))

    def test_filters(self):
        organization = itglue.Organization.find_by(name="Acme Corp")
        contacts = itglue.Contact.filter(organization_id=organization.id)
        wanted = {id for id, one in truth("contacts").items()
                  if str(one["organization-id"]) == organization.id}
        self.assertEqual({one.id for one in contacts}, wanted)
        self.assertTrue(wanted)

    def test_is_told_of_a_filter_that_would_do_nothing(self):
        detail = self.refused(400, lambda: itglue.Contact.filter(shoe_size=44))
        self.assertIn("shoe_size", detail.replace("-", "_"))

    def test_reads_below_an_organization(self):
        organization = itglue.Organization.find_by(name="Acme Corp")
        configurations = itglue.Configuration.get(parent=organization)
        self.assertTrue(configurations)
        self.assertEqual({str(one.get_attr("organization_id")) for one in configurations}, {organization.id})

    def test_says_so_when_a_record_is_not_there(self):
        self.refused(404, lambda: itglue.Contact.find(99_999_999))

    def test_never_sees_the_value_of_a_password(self):
        values = {one["password"] for one in truth("passwords").values() if one.get("password")}
        self.assertTrue(values, "nothing is hidden where nothing is kept")
        # The client has no class for passwords; its connection reads any path.
        listed = itglue.connection.get("/passwords", params={"show_password": "false"})
        self.assertTrue(listed)
        for one in listed:
            self.assertNotIn("password", one["attributes"])
        alone = itglue.connection.get(f"/passwords/{listed[0]['id']}")
        for text in (json.dumps(listed), json.dumps(alone)):
            for value in values:
                self.assertNotIn(value, text)

    def test_asking_for_the_value_asks_a_person(self):
        one = itglue.connection.get("/passwords")[0]
        read = lambda: itglue.connection.get(f"/passwords/{one['id']}", params={"show_password": "true"})
        self.refused(HELD, read)
        approve(self.agent.proposals()[0])
        self.assertEqual(read()["attributes"]["password"], truth("passwords")[one["id"]]["password"])
        self.refused(HELD, read)


def contact(place):
    """A contact that only one test writes to, and that no other system keeps."""
    free = sorted(int(id) for id, one in truth("contacts").items() if one["psa-integration"] != "enabled")
    return itglue.Contact.find(free[place])


class Writing(Client):
    def test_an_update_is_held_then_applied(self):
        person = contact(0)
        before = truth("contacts")[person.id]
        person.set_attr("title", "Head of Logistics")
        self.refused(HELD, person.save)
        self.assertEqual(truth("contacts")[person.id], before)
        self.refused(HELD, person.save)
        (proposal,) = self.agent.proposals()

        approve(proposal)
        outcome = read_back(self.agent, proposal)["outcome"]
        self.assertEqual((outcome["result"], outcome["verified"]), ("applied", True))
        after = truth("contacts")[person.id]
        self.assertEqual(after["title"], "Head of Logistics")
        moved = {key for key in after if after[key] != before[key]}
        self.assertEqual(moved, {"title", "updated-at"})

    def test_a_rejected_write_changes_nothing(self):
        person = contact(1)
        before = truth("contacts")[person.id]
        person.set_attr("title", "Emperor")
        self.refused(HELD, person.save)
        (proposal,) = self.agent.proposals()
        reject(proposal, "There is no such role")
        self.assertEqual(ended(self.agent, proposal)["decision"]["reason"], "There is no such role")
        self.assertEqual(truth("contacts")[person.id], before)

    def test_a_delete_is_refused(self):
        person = contact(2)
        detail = self.refused(403, person.delete)
        self.assertIn("contacts.delete_off", detail)
        self.assertEqual(self.agent.proposals(), [])
        self.assertIn(person.id, truth("contacts"))

    def test_traits_come_back_as_they_were_read(self):
        kind = itglue.FlexibleAssetType.get()[0]
        asset = itglue.FlexibleAsset.filter(flexible_asset_type_id=kind.id)[0]
        before = truth("flexible-assets")[asset.id]["traits"]
        asset.set_trait("version", "E5")
        self.refused(HELD, asset.save)
        (proposal,) = self.agent.proposals()
        self.assertEqual(proposal["warnings"], [])
        approve(proposal)
        self.assertEqual(read_back(self.agent, proposal)["outcome"]["verified"], True)
        self.assertEqual(truth("flexible-assets")[asset.id]["traits"], {**before, "version": "E5"})


class Waiting(Client):
    """The same client for an agent whose held writes wait for their decision."""

    wait = 30

    def test_a_write_returns_once_it_is_carried_out(self):
        person = contact(3)
        person.set_attr("title", "Night Shift Lead")
        with Technician(self.agent):
            saved = person.save()
        self.assertEqual(saved.get_attr("title"), "Night Shift Lead")
        self.assertEqual(truth("contacts")[person.id]["title"], "Night Shift Lead")

    def test_a_create_gets_the_id_of_the_new_record(self):
        organization = itglue.Organization.find_by(name="Acme Corp")
        new = itglue.Contact(first_name="Zoe", last_name="Winter", organization_id=organization.id)
        with Technician(self.agent):
            new.create()
        self.assertEqual(truth("contacts")[new.id]["last-name"], "Winter")


class Strangers(unittest.TestCase):
    def test_a_wrong_key_reads_nothing(self):
        answer = requests.get(f"{GATEWAY}/contacts", headers={"x-api-key": "ITG.0123456789abcdef"}, timeout=30)
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(answer.json()["errors"][0]["status"], 401)


if __name__ == "__main__":
    unittest.main()
