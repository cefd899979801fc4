"""What was said and done at the demo firm before you came: one command after another."""

from __future__ import annotations

from server.demo.story import CONTACTS, MATTERS, Story, ago


async def tell_past(story: Story) -> None:
    """Make the firm's records, then its conversations."""
    await _records(story)
    await _ruiz(story)
    await _other_matters(story)
    await _texts(story)


async def _records(story: Story) -> None:
    for contact in CONTACTS:
        made = await story.do(
            "priya",
            ago(days=30),
            "contact.create",
            name=contact.name,
            emails=[contact.email],
            phones=[contact.phone] if contact.phone else [],
            texting_phone=contact.phone,
        )
        story.introduce(contact.key, made["id"], "client")
    for matter in MATTERS:
        made = await story.do(
            "priya",
            ago(days=30),
            "matter.create",
            name=matter.name,
            number=matter.number,
            area=matter.area,
            client=story.id(matter.client),
            related=[story.id(contact) for contact in matter.related],
            responsible=[story.id("priya")],
        )
        story.introduce(matter.key, made["id"])


async def _ruiz(story: Story) -> None:
    await story.write(
        "priya",
        ago(days=3),
        "ruiz",
        "Ana, this is your private portal for the case. Write to me here at any time; every document that we"
        " share with you stays here too.",
    )
    await story.add("priya", ago(days=3, minutes=-5), "ruiz", "tom")
    await story.read("ana", ago(days=2, hours=21), "ruiz", 1)
    await story.write("ana", ago(days=2, hours=21), "ruiz", "Thank you. It works well on my phone.")
    await story.read("priya", ago(days=2, hours=20), "ruiz", 2)
    await story.add("tom", ago(days=2), "ruiz", "marco")
    await story.write(
        "priya",
        ago(days=1, hours=23),
        "ruiz",
        "Ana and Marco, Meridian has agreed to the revised figure. The draft agreement is attached. Please"
        " read sections 3 and 7 closely before our call on Friday, and sign page 4 if you agree with the"
        " terms.",
        attachment=await story.upload("priya", ago(days=1, hours=23), "ruiz", "agreement"),
    )
    await story.read("tom", ago(days=1, hours=22), "ruiz", 3)
    await story.read("ana", ago(days=1, hours=20), "ruiz", 3)
    engagement = await story.upload("tom", ago(days=1, hours=19), "ruiz", "engagement")
    await story.do("tom", ago(days=1, hours=19), "share.add", portal=story.id("ruiz"), document=engagement)
    await story.write("ana", ago(minutes=40), "ruiz", "Thank you Priya. We read it together last night.")
    await story.write(
        "ana",
        ago(minutes=38),
        "ruiz",
        "I signed page 4, but I’m not sure about the confidentiality part in section 7. Does it mean I can’t"
        " tell my sister what happened?",
    )


async def _other_matters(story: Story) -> None:
    await story.write(
        "priya",
        ago(days=5),
        "nguyen",
        "Linh, for the inventory we need the bank statements of two years. You can upload them here.",
    )
    await story.read("linh", ago(days=4), "nguyen", 1)
    await story.write(
        "linh",
        ago(minutes=70),
        "nguyen",
        "Here are the statements for 2024. The others follow tomorrow.",
        attachment=await story.upload("linh", ago(minutes=70), "nguyen", "statements"),
    )
    await story.write("priya", ago(days=6), "adoption", "Joseph, the home study is set for Thursday at ten.")
    await story.read("joseph", ago(days=5, hours=23), "adoption", 1)
    await story.write("joseph", ago(days=1), "adoption", "Can we move Thursday’s call to the afternoon?")
    await story.write("priya", ago(days=4), "delgado", "Rosa, the deposition transcript is ready to review.")
    await story.read("rosa", ago(days=3, hours=23), "delgado", 1)
    await story.write(
        "priya",
        ago(days=8),
        "adeyemi",
        "Grace, the amendment is drafted. I will send it as soon as the trustee’s address is confirmed.",
    )


async def _texts(story: Story) -> None:
    """Texts go out for real, through the simulated carrier, once the server runs."""
    await story.text(
        "tom",
        ago(minutes=2),
        "joseph",
        "Hi Joseph, the county moved our call to 2:30. Does that still work for you?",
    )
    await story.text(
        "priya", ago(minutes=2), "tamika", "Tamika, the clerk’s office opens at 8:30. See you there."
    )
