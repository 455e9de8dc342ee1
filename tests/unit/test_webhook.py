"""The webhook in the template: there only where an address is given, with its secret, retries and dead letters."""

from typing import Any

from local.template import read_template
from playhead.adapters.eventbridge_bus import SOURCE

_RESOURCES: dict[str, Any] = read_template()["Resources"]


def test_without_an_address_there_is_nothing_of_it() -> None:
    of_it = {name: one for name, one in _RESOURCES.items() if name.startswith("Webhook")}
    assert len(of_it) == 6
    assert {one["Condition"] for one in of_it.values()} == {"HasWebhook"}
    assert not [name for name, one in _RESOURCES.items() if "Webhook" in str(one) and name not in of_it]


def test_all_that_is_announced_and_nothing_else_goes_there() -> None:
    rule = _RESOURCES["WebhookRule"]["Properties"]
    assert (rule["EventBusName"], rule["EventPattern"]) == ({"Ref": "EventBus"}, {"source": [SOURCE]})


def test_what_it_does_not_take_is_tried_for_a_day_and_kept_for_fourteen() -> None:
    (target,) = _RESOURCES["WebhookRule"]["Properties"]["Targets"]
    assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 24 * 3600
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["WebhookDeadLetters", "Arn"]}}
    assert _RESOURCES["WebhookDeadLetters"]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    (statement,) = _RESOURCES["WebhookDeadLettersPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["WebhookRule", "Arn"]}}}


def test_its_secret_is_read_from_the_secret_store_and_asked_for_with_an_address() -> None:
    api_key = _RESOURCES["WebhookConnection"]["Properties"]["AuthParameters"]["ApiKeyAuthParameters"]
    assert api_key["ApiKeyValue"] == {"Fn::Sub": "{{resolve:secretsmanager:${WebhookSecretArn}}}"}
    (rule,) = read_template()["Rules"].values()
    assert "WebhookUrl" in str(rule["RuleCondition"])
    assert "WebhookSecretArn" in str(rule["Assertions"])
