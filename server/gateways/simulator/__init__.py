"""The far side in the box: a carrier that speaks Bandwidth's API, phones to look at, a mail catcher (W5).

It is a separate application on its own port, and the server reaches it only as it would reach the real ones:
over HTTP and SMTP. Nothing in the server knows that it is simulated.
"""

from __future__ import annotations

from server.gateways.simulator.app import create_simulator
from server.gateways.simulator.mailbox import Mailbox
from server.gateways.simulator.options import Pace, Person, SimulatorOptions
from server.gateways.simulator.smtp_catcher import SmtpCatcher

__all__ = ["Mailbox", "Pace", "Person", "SimulatorOptions", "SmtpCatcher", "create_simulator"]
