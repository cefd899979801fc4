"""What was said and done at the demo firm before you came: one command after another."""

from __future__ import annotations

from server.demo.story import CONTACTS, MATTERS, Story

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS


async def tell_past(story: Story) -> None:
    """Make the firm's records, then its conversations."""
    await _records(story)
    await _ruiz(story)
    await _others(story)
    await _texts(story)


async def _records(story: Story) -> None:
    priya = story.person("priya", "admin")
    for contact in CONTACTS:
        phones = [contact.phone] if contact.phone else []
        made = await story.tell(
            priya,
            30 * _DAY_MS,
            "contact.create",
            name=contact.name,
            emails=[contact.email],
            phones=phones,
            texting_phone=contact.phone,
        )
        story.introduce(contact.key, made["id"])
    for key, name, number, area, client, related in MATTERS:
        made = await story.tell(
            priya,
            30 * _DAY_MS,
            "matter.create",
            name=name,
            number=number,
            area=area,
            client=story.id(client),
            related=[story.id(each) for each in related],
            responsible=[story.id("priya")],
        )
        story.introduce(key, made["id"])


async def _ruiz(story: Story) -> None:
    priya, tom, ana = story.person("priya", "admin"), story.person("tom", "member"), story.person("ana")
    portal = story.id("ruiz")
    await story.tell(
        priya,
        3 * _DAY_MS,
        "message.send",
        portal=portal,
        text="Ana, this is your private portal for the case. You can write to me here at any time, and find every"
        " document that we share with you.",
    )
    await story.tell(priya, 3 * _DAY_MS - _HOUR_MS, "participant.add", portal=portal, person=story.id("tom"))
    await story.tell(ana, 3 * _DAY_MS - 3 * _HOUR_MS, "portal.read", portal=portal, number=1)
    await story.tell(
        ana, 3 * _DAY_MS - 3 * _HOUR_MS, "message.send", portal=portal, text="Thank you. It works well."
    )
    await story.tell(priya, 3 * _DAY_MS - 4 * _HOUR_MS, "portal.read", portal=portal, number=2)
    await story.tell(tom, 2 * _DAY_MS, "participant.add", portal=portal, person=story.id("marco"))
    agreement = await story.upload(priya, 2 * _DAY_MS - 6 * _MINUTE_MS, "ruiz", "agreement")
    await story.tell(
        priya,
        2 * _DAY_MS - 6 * _MINUTE_MS,
        "message.send",
        portal=portal,
        text="Ana and Marco, Meridian has agreed to the revised figure. The draft agreement is attached. Please read"
        " sections 3 and 7 closely before our call on Friday, and sign page 4 if you are comfortable with the"
        " terms.",
        attachment=agreement,
    )
    await story.tell(tom, 2 * _DAY_MS - _HOUR_MS, "portal.read", portal=portal, number=3)
    await story.tell(ana, 2 * _DAY_MS - 3 * _HOUR_MS, "portal.read", portal=portal, number=3)
    letter = await story.upload(tom, 2 * _DAY_MS - 4 * _HOUR_MS, "ruiz", "engagement")
    await story.tell(tom, 2 * _DAY_MS - 4 * _HOUR_MS, "share.add", portal=portal, document=letter)
    await story.tell(
        ana,
        40 * _MINUTE_MS,
        "message.send",
        portal=portal,
        text="Thank you Priya. We read it together last night.",
    )
    await story.tell(
        ana,
        38 * _MINUTE_MS,
        "message.send",
        portal=portal,
        text="I signed page 4, but I’m not sure about the confidentiality part in section 7. Does it mean I can’t tell"
        " my sister what happened?",
    )


async def _others(story: Story) -> None:
    priya = story.person("priya", "admin")
    joseph, rosa, linh = story.person("joseph"), story.person("rosa"), story.person("linh")
    await story.tell(
        priya,
        5 * _DAY_MS,
        "message.send",
        portal=story.id("nguyen"),
        text="Linh, for the inventory we need the bank statements of the last two years. You can upload them here.",
    )
    await story.tell(linh, 4 * _DAY_MS, "portal.read", portal=story.id("nguyen"), number=1)
    statements = await story.upload(linh, 70 * _MINUTE_MS, "nguyen", "statements")
    await story.tell(
        linh,
        70 * _MINUTE_MS,
        "message.send",
        portal=story.id("nguyen"),
        text="Here are the statements for 2024. The others follow tomorrow.",
        attachment=statements,
    )
    await story.tell(
        priya,
        6 * _DAY_MS,
        "message.send",
        portal=story.id("adoption"),
        text="Joseph, the home study is set for Thursday at ten. We will call you the day before.",
    )
    await story.tell(joseph, 6 * _DAY_MS - _HOUR_MS, "portal.read", portal=story.id("adoption"), number=1)
    await story.tell(
        joseph,
        _DAY_MS,
        "message.send",
        portal=story.id("adoption"),
        text="Can we move Thursday’s call to the afternoon?",
    )
    await story.tell(
        priya,
        4 * _DAY_MS,
        "message.send",
        portal=story.id("delgado"),
        text="Rosa, the deposition transcript is ready for you to review.",
    )
    await story.tell(rosa, 4 * _DAY_MS - _HOUR_MS, "portal.read", portal=story.id("delgado"), number=1)
    await story.tell(
        priya,
        8 * _DAY_MS,
        "message.send",
        portal=story.id("adeyemi"),
        text="Grace, the amendment is drafted. I will send it as soon as the trustee’s address is confirmed.",
    )


async def _texts(story: Story) -> None:
    """Texts go out for real, through the simulated carrier, once the server runs."""
    priya, tom = story.person("priya", "admin"), story.person("tom", "member")
    await story.tell(
        tom,
        2 * _MINUTE_MS,
        "text.send",
        contact=story.id("joseph"),
        text="Hi Joseph, the county moved our call to 2:30. Does that still work for you?",
    )
    await story.tell(
        priya,
        2 * _MINUTE_MS,
        "text.send",
        contact=story.id("tamika"),
        text="Tamika, the clerk’s office opens at 8:30. See you there.",
    )
