"""What docker-compose.yml promises, as far as it can be seen without an engine."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.compose.stack import ROOT

_SERVICES = ("redis", "service", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_services_are_these(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == set(_SERVICES)


@pytest.mark.parametrize("name", _SERVICES)
def test_every_service_is_confined_and_watched(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["healthcheck"]["test"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", _SERVICES)
def test_no_service_publishes_a_port_or_bears_a_fixed_name(
    compose: dict[str, Any], name: str
) -> None:
    assert not {"ports", "container_name"} & set(compose["services"][name])


def test_only_the_service_has_a_way_out(compose: dict[str, Any]) -> None:
    networks = {name: compose["services"][name]["networks"] for name in _SERVICES}
    assert networks == {"redis": ["store"], "service": ["store", "egress"], "worker": ["store"]}
    assert compose["networks"]["store"]["internal"] is True


def test_redis_keeps_what_it_is_given(compose: dict[str, Any]) -> None:
    redis = compose["services"]["redis"]
    command = " ".join(redis["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert redis["volumes"] == ["redis:/data"]


def test_mounts_cannot_be_written_but_the_one_of_the_service_for_raw_pages(
    compose: dict[str, Any],
) -> None:
    for name, writable in (("service", ["data:/data"]), ("worker", [])):
        volumes = compose["services"][name]["volumes"]
        binds = [mount for mount in volumes if isinstance(mount, dict)]
        assert {mount["target"] for mount in binds} == {"/config/sources.yaml", "/config/seeds"}
        assert all(mount["read_only"] for mount in binds)
        assert [mount for mount in volumes if isinstance(mount, str)] == writable


def test_the_volume_for_raw_pages_belongs_to_the_user_of_the_image(compose: dict[str, Any]) -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert "data" in compose["volumes"]
    assert "FEEDMILL_DATA_DIR=/data" in image
    assert "chown 10001:10001 /data" in image


def test_the_image_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    assert lines.index("USER 10001:10001") > max(
        number for number, line in enumerate(lines) if line.startswith("FROM ")
    )
