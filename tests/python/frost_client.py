"""FROST's Python client, as it comes, against a running server: frost_client.py URL KEY. Ends with 0 when all went well."""
import sys

import frost_sta_client as fsc
import geojson
import requests
from frost_sta_client.model.ext.data_array_document import DataArrayDocument
from frost_sta_client.model.ext.data_array_value import DataArrayValue
from frost_sta_client.model.ext.unitofmeasurement import UnitOfMeasurement
from frost_sta_client.service.auth_handler import AuthHandler

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


class BearerKey(AuthHandler):
    """The client brings basic authentication only; a key goes into the same place."""

    def __init__(self, key):
        self.key = key

    def add_auth_header(self):
        def put(request):
            request.headers["Authorization"] = "Bearer " + self.key
            return request
        return put


def same(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def refused(what, step, *statuses):
    try:
        step()
    except requests.exceptions.HTTPError as error:
        same(what, error.response.status_code in statuses, True)
        if not error.response.json().get("message"):
            raise AssertionError(f"{what}: refused without a word")
        return
    raise AssertionError(f"{what}: not refused")


def make(service):
    place = fsc.Location(name="yard", description="d", encoding_type="application/geo+json",
                         location=geojson.Point((126.98, 37.56)))
    thing = fsc.Thing(name="Lab 1/2", description="a boat", properties={"owner": "harbour"}, locations=[place])
    service.create(thing)
    sensor = fsc.Sensor(name="s", description="d", encoding_type="text/html", metadata="m")
    prop = fsc.ObservedProperty(name="o", definition="urn:o", description="d")
    service.create(sensor)
    service.create(prop)
    stream = fsc.Datastream(name="d", description="d", observation_type=MEASUREMENT, thing=thing, sensor=sensor,
                            observed_property=prop,
                            unit_of_measurement=UnitOfMeasurement(name="n", symbol="s", definition="d"))
    service.create(stream)
    return thing, stream


def observe(service, stream):
    first = fsc.Observation(result=12.5, phenomenon_time="2026-11-24T10:00:00Z", datastream=stream)
    service.create(first)
    same("an observation by its id", service.observations().find(first.id).result, 12.5)
    place = fsc.FeatureOfInterest(name="pier", description="d", encoding_type="application/geo+json",
                                  feature=geojson.Point((126.99, 37.57)))
    service.create(fsc.Observation(result="13.5", phenomenon_time="2026-11-24T11:00:00+00:00", datastream=stream,
                                   feature_of_interest=place))
    same("the feature", [f.name for f in service.features_of_interest().query().list()][-1], "pier")

    rows = DataArrayValue()
    rows.components = [DataArrayValue.Property.PHENOMENON_TIME, DataArrayValue.Property.RESULT]
    rows.datastream = stream
    for minute, value in ((1, 14), (2, "many"), (3, 16)):
        rows.add_observation(fsc.Observation(phenomenon_time=f"2026-11-24T12:0{minute}:00Z", result=value))
    document = DataArrayDocument()
    document.add_data_array_value(rows)
    links = [o.self_link for o in service.observations().create(document)]
    same("links of a data array", ["Observations(" in link for link in links], [True, False, True])
    refused("a text as a measurement", lambda: service.create(
        fsc.Observation(result="many", phenomenon_time="2026-11-24T13:00:00Z", datastream=stream)), 400)


def read(service, thing, stream):
    found = service.datastreams().find(stream.id)
    same("a Datastream by its id", found.name, "d")
    everything = found.get_observations().query().top(2).count().list()
    same("the count", everything.count, 4)
    same("all pages", [o.result for o in everything], [12.5, 13.5, 14, 16])
    newest = found.get_observations().query().orderby("phenomenonTime", "desc").top(1).list()
    same("the newest", newest.entities[0].result, 16)
    warm = service.observations().query().filter("result gt 13 and phenomenonTime lt 2026-11-24T12:03:00Z").list()
    same("a filter", [o.result for o in warm], [13.5, 14])
    same("a Thing by name", [x.id for x in service.things().query().filter("name eq 'Lab 1/2'").list()], [thing.id])
    same("no Thing by name", list(service.things().query().filter("name eq 'Lab'").list()), [])
    same("a Thing by property", [x.id for x in service.things().query().filter("properties/owner eq 'harbour'").list()],
         [thing.id])
    same("chosen members", [(x.name, x.description) for x in service.things().query().select("name").list()],
         [("Lab 1/2", None)])


def is_told_what_does_not_work(service, thing):
    refused("$expand", lambda: list(service.things().query().expand("Datastreams").list()), 501)
    refused("an order of something else", lambda: list(service.observations().query().orderby("Datastream/id").list()), 501)
    refused("a Thing that is not there", lambda: service.things().find(99), 404)
    refused("an update", lambda: service.update(thing), 405, 501)
    refused("a patch with a key that may not correct", lambda: service.patch(thing, [{"op": "replace", "path": "/name", "value": "x"}]), 403)
    refused("a removal", lambda: service.delete(thing), 403)
    refused("tasks", lambda: list(service.tasks().query().list()), 501)


def main():
    url, key = sys.argv[1:3]
    service = fsc.SensorThingsService(url, auth_handler=BearerKey(key))
    thing, stream = make(service)
    observe(service, stream)
    read(service, thing, stream)
    is_told_what_does_not_work(service, thing)


main()
