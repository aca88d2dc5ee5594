"""The CloudFormation templates keep their promises; dashboards ask for figures that exist."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import yaml
from moto import mock_aws

from config import ROOT, load
from face_rec.domain.errors import SettingError
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.settings.archive import Place

DEPLOY = ROOT / "deploy"
TEMPLATES = sorted(DEPLOY.glob("cloudformation*.yaml"))
WHOLE = DEPLOY / "cloudformation.yaml"
SINGLE = DEPLOY / "cloudformation-single.yaml"
NARROWEST = {"cloudwatch:PutMetricData", "ec2:DescribeSubnets"}
"""Actions for which AWS knows no narrower resource than all."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short functions as their long form."""


def _function(loader: Any, suffix: str, node: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


@cache
def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506
    return read


def _of_type(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    resources = _read(path)["Resources"]
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def _one(path: Path, kind: str) -> dict[str, Any]:
    (found,) = _of_type(path, kind).values()
    return found


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


# --- every template -----------------------------------


@pytest.mark.heavy
def test_cfn_lint_finds_nothing(template: Path) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(template)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_https_and_its_redirect_are_open_to_the_outside(template: Path) -> None:
    open_ports: set[tuple[str, int]] = set()
    for group in _of_type(template, "AWS::EC2::SecurityGroup").values():
        for rule in group.get("SecurityGroupIngress", ()):
            assert rule["FromPort"] == rule["ToPort"]
            open_ports.add((rule["IpProtocol"], rule["FromPort"]))
    assert open_ports == {("tcp", 80), ("tcp", 443)}
    for rule in _of_type(template, "AWS::EC2::SecurityGroupIngress").values():
        assert set(rule) >= {"SourceSecurityGroupId"}
        assert not {"CidrIp", "CidrIpv6", "SourcePrefixListId"} & set(rule)


def test_https_is_open_to_the_allowed_network_only(template: Path) -> None:
    for group in _of_type(template, "AWS::EC2::SecurityGroup").values():
        for rule in group.get("SecurityGroupIngress", ()):
            if rule["FromPort"] == 443:
                assert rule["CidrIp"] == {"Ref": "AllowedNetwork"}


def _statements(path: Path) -> Iterator[dict[str, Any]]:
    for role in _of_type(path, "AWS::IAM::Role").values():
        for policy in role["Policies"]:
            yield from policy["PolicyDocument"]["Statement"]
    for policy in _of_type(path, "AWS::IAM::Policy").values():
        yield from policy["PolicyDocument"]["Statement"]


def test_the_role_may_do_nothing_by_wildcard(template: Path) -> None:
    statements = list(_statements(template))
    assert statements
    for statement in statements:
        actions = _listed(statement["Action"])
        assert not any("*" in action for action in actions)
        if "*" in _listed(statement["Resource"]):
            assert set(actions) <= NARROWEST
            assert statement["Condition"]


def test_the_role_reaches_its_own_prefixes_of_the_bucket_only(template: Path) -> None:
    (statement,) = [s for s in _statements(template) if s["Sid"] == "Pictures"]
    where = {entry["Fn::Sub"] for entry in statement["Resource"]}
    assert where == {"${Bucket.Arn}/attendance/*", "${Bucket.Arn}/backups/*"}


def test_the_only_managed_policy_is_session_managers(template: Path) -> None:
    for role in _of_type(template, "AWS::IAM::Role").values():
        (policy,) = role["ManagedPolicyArns"]
        assert policy["Fn::Sub"].endswith(":policy/AmazonSSMManagedInstanceCore")


def test_buckets_are_closed_versioned_encrypted_and_kept(template: Path) -> None:
    for name, bucket in _of_type(template, "AWS::S3::Bucket").items():
        _check_bucket(template, name, bucket)


def _check_bucket(template: Path, name: str, bucket: dict[str, Any]) -> None:
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert _read(template)["Resources"][name]["DeletionPolicy"] == "Retain"
    policies = _of_type(template, "AWS::S3::BucketPolicy").values()
    (about,) = [one for one in policies if one["Bucket"] == {"Ref": name}]
    policy = about["PolicyDocument"]["Statement"]
    assert {"aws:SecureTransport": "false"} in [s["Condition"]["Bool"] for s in policy]


def test_what_is_erased_does_not_live_on_as_an_old_version(template: Path) -> None:
    rules = _read(template)["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    days = [r["NoncurrentVersionExpiration"]["NoncurrentDays"]
            for r in rules if "NoncurrentVersionExpiration" in r]  # fmt: skip
    assert days == [1]


def test_instance_metadata_wants_a_token_and_every_disk_is_encrypted(template: Path) -> None:
    data = _one(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    disks = [d["Ebs"] for d in data.get("BlockDeviceMappings", ())]
    for instance in _of_type(template, "AWS::EC2::Instance").values():
        assert "LaunchTemplate" in instance
        disks += [disk["Ebs"] for disk in instance["BlockDeviceMappings"]]
    disks += list(_of_type(template, "AWS::EC2::Volume").values())
    assert disks
    assert all(disk["Encrypted"] for disk in disks)


def _user_data(path: Path) -> str:
    holders = [
        *(t["LaunchTemplateData"] for t in _of_type(path, "AWS::EC2::LaunchTemplate").values()),
        *_of_type(path, "AWS::EC2::Instance").values(),
    ]
    (found,) = [h["UserData"]["Fn::Base64"]["Fn::Sub"] for h in holders if "UserData" in h]
    return str(found[0] if isinstance(found, list) else found)


def test_the_user_data_is_shell_that_runs_the_same_installer(
    template: Path, tmp_path: Path
) -> None:
    script = tmp_path / "user-data"
    script.write_text(re.sub(r"\$\{[\w.:]+\}", "x", _user_data(template)))
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "set -euo pipefail" in script.read_text()
    assert "deploy/install.sh" in script.read_text()
    assert "sha256sum -c" in script.read_text()


def test_the_user_data_sets_settings_that_exist(template: Path) -> None:
    known = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    used = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", _user_data(template), re.MULTILINE))
    assert {"DATA_KEY", "S3_BUCKET", "TIMEZONE"} <= used <= known


def test_no_secret_stands_in_a_template(template: Path) -> None:
    for one in _read(template)["Parameters"].values():
        assert not re.search("password|secret|token", json.dumps(one), re.IGNORECASE)


def _taken(name: str, value: object) -> bool:
    """Whether the app starts with ``value`` for the setting ``name``."""
    archive = {"ARCHIVE_URL": "postgresql://db.example.org/attendance"}
    try:
        load({**archive, name: str(value)}, dotenv=None)
    except SettingError:
        return False
    return True


def test_a_template_takes_no_number_of_days_that_the_app_refuses() -> None:
    """An instance whose settings cannot be never answers, and its stack waits for half an hour."""
    parameters = _read(WHOLE)["Parameters"]
    allowed = parameters["RedisDays"]["AllowedPattern"]
    for days in (0, 1, 34, 35, 36, 99, 100, 999, 1000, 2999, 3000, 3599, 3650, 3651, 3700, 4000):
        assert bool(re.fullmatch(allowed, str(days))) is _taken("REDIS_DAYS", days), days
    for name, setting in (
        ("SnapshotDays", "SNAPSHOT_DAYS"),
        ("WitnessLockDays", "WITNESS_LOCK_DAYS"),
    ):
        least, most = parameters[name]["MinValue"], parameters[name]["MaxValue"]
        assert [_taken(setting, days) for days in (least, most, most + 1)] == [True, True, False]


def test_a_template_takes_no_name_that_the_app_refuses() -> None:
    parameters = _read(WHOLE)["Parameters"]
    for title in ("A", "A. B-c_1", "a" * 80, "a" * 81, " ", ""):
        allowed = parameters["Title"]["AllowedPattern"]
        assert bool(re.fullmatch(allowed, title)) is bool(title.strip() and _taken("TITLE", title))
    for site in ("main", "a-1", "A", "-a", "a" * 32, "a" * 33):
        allowed = parameters["SiteName"]["AllowedPattern"]
        assert bool(re.fullmatch(allowed, site)) is _taken("SITE", site)


def test_a_template_offers_the_packs_that_can_be_pulled(template: Path) -> None:
    """Another word would end the first start where the pack is pulled, before anybody is told."""
    pack = _read(template)["Parameters"]["ModelPack"]
    assert set(pack["AllowedValues"]) == set(OFFICIAL)


# --- the whole one -----------------------------------


def test_redis_is_reached_by_the_app_only_with_tls_and_a_password() -> None:
    rules = _of_type(WHOLE, "AWS::EC2::SecurityGroupIngress")
    redis = [r for r in rules.values() if r["GroupId"] == {"Ref": "RedisGroup"}]
    assert [r["SourceSecurityGroupId"] for r in redis] == [{"Ref": "AppGroup"}]
    memory, cache = (_one(WHOLE, f"AWS::{kind}") for kind in
                     ("MemoryDB::Cluster", "ElastiCache::ReplicationGroup"))  # fmt: skip
    assert memory["TLSEnabled"]
    assert memory["KmsKeyId"]
    assert memory["ACLName"] == {"Ref": "MemoryAcl"}
    assert cache["TransitEncryptionEnabled"]
    assert cache["AtRestEncryptionEnabled"]
    assert "secretsmanager" in cache["AuthToken"]["Fn::Sub"]
    assert "-@admin" in _one(WHOLE, "AWS::MemoryDB::User")["AccessString"]
    for one in (memory, cache):
        assert one["SecurityGroupIds"] == [{"Ref": "RedisGroup"}]


def test_redis_never_evicts_and_survives_its_stack() -> None:
    cache = _one(WHOLE, "AWS::ElastiCache::ParameterGroup")
    assert cache["Properties"]["maxmemory-policy"] == "noeviction"
    for name in ("MemoryCluster", "CacheGroup", "Key", "DataKeySecret", "ChainKeySecret"):
        assert _read(WHOLE)["Resources"][name]["DeletionPolicy"] == "Retain"


def test_exactly_one_kind_of_redis_is_made_and_an_archive_only_where_asked_for() -> None:
    whole = _read(WHOLE)
    assert whole["Conditions"]["UsesMemoryDB"] == {
        "Fn::Equals": [{"Ref": "RedisKind"}, "MemoryDB"]
    }
    for name, one in whole["Resources"].items():
        wanted = {"Memory": "UsesMemoryDB", "Cache": "UsesElastiCache", "Archive": "HasArchive"}
        for prefix, condition in wanted.items():
            if name.startswith(prefix):
                assert one["Condition"] == condition


def test_the_archive_is_encrypted_never_public_and_reached_by_the_app_only_with_tls() -> None:
    archive = _one(WHOLE, "AWS::RDS::DBInstance")
    for name in ("StorageEncrypted", "EnableIAMDatabaseAuthentication", "ManageMasterUserPassword",
                 "DeletionProtection"):  # fmt: skip
        assert archive[name] is True, name
    assert archive["PubliclyAccessible"] is False
    assert "MasterUserPassword" not in archive
    assert archive["KmsKeyId"] == archive["MasterUserSecret"]["KmsKeyId"] == {
        "Fn::GetAtt": ["Key", "Arn"]
    }  # fmt: skip
    assert archive["VPCSecurityGroups"] == [{"Ref": "ArchiveGroup"}]
    rules = _of_type(WHOLE, "AWS::EC2::SecurityGroupIngress").values()
    (rule,) = [rule for rule in rules if rule["GroupId"] == {"Ref": "ArchiveGroup"}]
    assert (rule["FromPort"], rule["ToPort"]) == (5432, 5432)
    assert rule["SourceSecurityGroupId"] == {"Ref": "AppGroup"}
    assert _one(WHOLE, "AWS::RDS::DBSubnetGroup")["SubnetIds"] == {"Ref": "PrivateSubnets"}
    assert _one(WHOLE, "AWS::RDS::DBParameterGroup")["Parameters"] == {"rds.force_ssl": "1"}


def test_the_archive_outlives_its_stack_and_who_is_erased_leaves_all_backups_in_one_time() -> None:
    resource = _read(WHOLE)["Resources"]["ArchiveDatabase"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Snapshot"
    rules = _read(WHOLE)["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (backups,) = [rule["ExpirationInDays"] for rule in rules if rule["Id"] == "backups"]
    assert resource["Properties"]["BackupRetentionPeriod"] == backups


def test_the_role_signs_in_at_that_archive_as_the_apps_user_and_reads_no_masters_word() -> None:
    (policy,) = _of_type(WHOLE, "AWS::IAM::Policy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "rds-db:connect"
    assert statement["Resource"]["Fn::Sub"].endswith(
        ":${AWS::AccountId}:dbuser:${ArchiveDatabase.DbiResourceId}/attendance"
    )
    (secrets,) = [s for s in _statements(WHOLE) if s["Sid"] == "Secrets"]
    assert "Archive" not in json.dumps(secrets)


def _archive_settings(host: str, folder: Path) -> str:
    """What the user data's own lines write for the archive at ``host``."""
    data = _user_data(WHOLE)
    (lines,) = re.findall(
        r"^if \[ -n '\$\{ArchiveHost\}' \].*?^fi$", data, re.MULTILINE | re.DOTALL
    )
    for name, value in {"${ArchiveHost}": host, "${RedisDays}": "400"}.items():
        lines = lines.replace(name, value)
    for path in ("/etc/face-attendance/settings.env", "/etc/ssl/rds.pem"):
        (folder / Path(path).name).touch()
        lines = re.sub(rf"(?<!=){path}", str(folder / Path(path).name), lines)
    script = "curl() { :; }\n" + lines
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], check=True)
    return (folder / "settings.env").read_text("utf-8")


def test_the_app_is_told_of_the_archive_where_there_is_one(tmp_path: Path) -> None:
    """The user data's lines are run here, and read as the app reads them."""
    assert _archive_settings("", tmp_path) == ""
    host = "a.b.eu-central-1.rds.amazonaws.com"
    assert _archive_settings(host, tmp_path)
    settings = load({}, dotenv=tmp_path / "settings.env")
    assert settings.archive_place is Place.DATABASE
    assert (settings.archive_iam, settings.redis_days) == (True, 400)
    address = urlsplit(settings.archive_url or "")
    assert (address.username, address.password, address.hostname) == ("attendance", None, host)
    assert parse_qs(address.query) == {
        "sslmode": ["verify-full"], "sslrootcert": ["/etc/ssl/rds.pem"],
    }  # fmt: skip


def test_the_app_is_reached_through_the_balancer_only() -> None:
    rules = _of_type(WHOLE, "AWS::EC2::SecurityGroupIngress")
    (app,) = [r for r in rules.values() if r["GroupId"] == {"Ref": "AppGroup"}]
    assert (app["FromPort"], app["ToPort"]) == (8501, 8501)
    assert app["SourceSecurityGroupId"] == {"Ref": "BalancerGroup"}
    (card,) = _one(WHOLE, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["NetworkInterfaces"]
    assert card["AssociatePublicIpAddress"] is False


def test_the_witness_can_be_written_and_read_there_but_neither_deleted_nor_unlocked() -> None:
    bucket = _read(WHOLE)["Resources"]["WitnessBucket"]["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    about = [s for s in _statements(WHOLE) if "WitnessBucket" in json.dumps(s["Resource"])]
    allowed = {action for s in about for action in _listed(s["Action"])}
    assert allowed == {
        "s3:PutObject", "s3:PutObjectRetention", "s3:GetObject", "s3:GetObjectVersion",
        "s3:ListBucket", "s3:ListBucketVersions",
    }  # fmt: skip
    assert "WITNESS_BUCKET=${WitnessBucket}\n" in _user_data(WHOLE)


def test_only_the_balancers_own_networks_are_believed(tmp_path: Path) -> None:
    """The user data asks for the subnets that the balancer stands in; its line is run here."""
    data = _user_data(WHOLE)
    assert "TRUSTED_PROXIES=$balancer\n" in data
    assert not re.search(r"TRUSTED_PROXIES=.*(10\.|172\.16|192\.168)", data)
    named = _one(WHOLE, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["UserData"]
    values = named["Fn::Base64"]["Fn::Sub"][1]
    assert values["BalancerSubnets"] == {"Fn::Join": [" ", {"Ref": "PublicSubnets"}]}
    assert _one(WHOLE, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"] == {
        "Ref": "PublicSubnets"
    }
    (line,) = re.findall(r"^balancer=.*$", data, re.MULTILINE)
    aws = tmp_path / "aws"
    aws.write_text("#!/bin/sh\nprintf '10.0.0.0/24\\t10.0.1.0/24\\n'\n")
    aws.chmod(0o755)
    script = re.sub(r"\$\{[\w:]+\}", "x", line) + "\nprintf %s $balancer"
    path = f"{tmp_path}:/usr/bin:/bin"
    said = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env={"PATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == "10.0.0.0/24,10.0.1.0/24"


def test_the_app_answers_the_balancers_health_check() -> None:
    """It asks by the instance's own address, which must be among the names allowed."""
    hosts = re.search(r"^ALLOWED_HOSTS=(.*)$", _user_data(WHOLE), re.MULTILINE)
    assert hosts is not None
    assert "$(hostname -I" in hosts[1]


def test_an_upgrade_waits_for_the_new_instance() -> None:
    policy = _read(WHOLE)["Resources"]["Group"]["UpdatePolicy"]["AutoScalingRollingUpdate"]
    assert policy["WaitOnResourceSignals"] is True
    assert policy["MinInstancesInService"] == 1
    script = _user_data(WHOLE)
    assert script.index("deploy.alive") < script.index("signal-resource")


def test_the_balancer_fits_websockets_and_several_processes() -> None:
    def attributes(properties: dict[str, Any], key: str) -> dict[str, str]:
        return {one["Key"]: one["Value"] for one in properties[key]}

    balancer = _one(WHOLE, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert attributes(balancer, "LoadBalancerAttributes")["idle_timeout.timeout_seconds"] == "3600"
    target = _one(WHOLE, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert attributes(target, "TargetGroupAttributes")["stickiness.enabled"] == "true"
    assert target["HealthCheckPath"] == "/healthz"
    listeners = _of_type(WHOLE, "AWS::ElasticLoadBalancingV2::Listener")
    assert "TLS13" in listeners["Https"]["SslPolicy"]
    (action,) = listeners["Http"]["DefaultActions"]
    assert action["RedirectConfig"]["Protocol"] == "HTTPS"


def test_the_alarms_watch_figures_that_exist() -> None:
    alarms = _of_type(WHOLE, "AWS::CloudWatch::Alarm")
    assert set(alarms) == {"NoMarks", "JournalStuck", "ArchiveBehind", "DiskFull", "ServerErrors"}
    named = set(re.findall(r"MetricName: (face_rec_\w+)", WHOLE.read_text("utf-8")))
    agent = json.loads((DEPLOY / "cloudwatch-agent.json").read_text("utf-8"))
    (declared,) = agent["logs"]["metrics_collected"]["prometheus"]["emf_processor"][
        "metric_declaration"
    ]
    sent = {selector.strip("^$") for selector in declared["metric_selectors"]}
    assert named <= sent <= _exported()
    assert all(alarm["AlarmActions"] for alarm in alarms.values())


def test_lifecycle_and_retention_follow_one_parameter() -> None:
    rules = _read(WHOLE)["Resources"]["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    marks = next(rule for rule in rules if rule["Id"] == "marks")
    assert marks["ExpirationInDays"] == {"Ref": "SnapshotDays"}
    assert "SNAPSHOT_DAYS=${SnapshotDays}" in _user_data(WHOLE)


# --- the small one -----------------------------------


def test_the_small_one_keeps_its_data_when_the_stack_goes() -> None:
    assert _read(SINGLE)["Resources"]["Disk"]["DeletionPolicy"] == "Snapshot"
    assert "face_rec backup" in _user_data(SINGLE)
    assert not _of_type(SINGLE, "AWS::ElasticLoadBalancingV2::LoadBalancer")


def test_the_small_one_fits_t3_medium() -> None:
    assert _read(SINGLE)["Parameters"]["InstanceType"]["Default"] == "t3.medium"


# --- figures -----------------------------------


def _exported() -> set[str]:
    """The names on /metrics, from its own module."""
    from prometheus_client.metrics_core import CounterMetricFamily  # noqa: PLC0415

    from face_rec.cameras.camera_health import CameraHealth, CameraState  # noqa: PLC0415
    from face_rec.stores.vectors.agreements import Agreement  # noqa: PLC0415
    from face_rec.stores.verify.daily_check import CheckStatus  # noqa: PLC0415
    from face_rec.web.ops.metrics import SystemCollector  # noqa: PLC0415
    from tests.unit.web.test_web_metrics import SOURCES  # noqa: PLC0415

    names = set()
    checked = replace(
        SOURCES,
        chain=lambda: CheckStatus(datetime.now(UTC)),
        archive_lag=lambda: 1.0,
        audited=lambda: Agreement(1, 1),
        cameras=lambda: [CameraHealth("gate", CameraState.RUNNING, datetime.now(UTC))],
    )
    for family in SystemCollector(checked).collect():
        counter = isinstance(family, CounterMetricFamily)
        names.add(family.name + ("_total" if counter else ""))
    return names


@pytest.mark.parametrize("name", ["alerts.yaml", "grafana.json"])
def test_dashboard_and_alerts_ask_for_figures_that_exist(name: str) -> None:
    text = (DEPLOY / "monitoring" / name).read_text("utf-8")
    asked = set(re.findall(r"\bface_rec_\w+", text))
    assert len(asked) > 5
    assert asked <= _exported()


def test_every_alert_says_what_to_do() -> None:
    groups = yaml.safe_load((DEPLOY / "monitoring/alerts.yaml").read_text("utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 5
    for rule in rules:
        assert rule["annotations"]["action"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


# --- moto -----------------------------------


@pytest.mark.heavy
@pytest.mark.nightly  # each day cfn-lint reads it against the schema of every resource
@mock_aws
def test_the_small_one_can_be_created(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the simulation goes: it leaves out secrets and the bucket's policies."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    region = "us-east-1"
    ec2 = boto3.client("ec2", region)
    subnet = ec2.describe_subnets()["Subnets"][0]
    zone = boto3.client("route53", region).create_hosted_zone(
        Name="example.org", CallerReference="1"
    )
    image = ec2.describe_images()["Images"][0]["ImageId"]
    boto3.client("ssm", region).put_parameter(Name="/image", Value=image, Type="String")
    cloud = boto3.client("cloudformation", region)
    values = {
        "VpcId": subnet["VpcId"], "PublicSubnet": subnet["SubnetId"],
        "Zone": subnet["AvailabilityZone"], "DomainName": "attendance.example.org",
        "ImageId": "/image", "HostedZoneId": zone["HostedZone"]["Id"].rsplit("/", 1)[-1],
        "SourceUrl": "https://example.org/a.tar.gz", "SourceSha256": "0" * 64,
    }  # fmt: skip
    cloud.create_stack(
        StackName="small",
        TemplateBody=re.sub(r"/aws/service/\S+", "/image", SINGLE.read_text("utf-8")),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    )
    stack = cloud.describe_stacks(StackName="small")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    made = {r["ResourceType"] for r in cloud.list_stack_resources(StackName="small")
            ["StackResourceSummaries"]}  # fmt: skip
    assert {"AWS::S3::Bucket", "AWS::EC2::Instance", "AWS::IAM::Role"} <= made
    groups = ec2.describe_security_groups()["SecurityGroups"]
    (ours,) = [group for group in groups if group["Description"].startswith("HTTPS from")]
    assert {rule["FromPort"] for rule in ours["IpPermissions"]} == {80, 443}
