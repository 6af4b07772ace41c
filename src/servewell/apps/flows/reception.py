"""What becomes of a contact? It is received, its team is found, and it is recorded; every channel calls this.

Understanding, flows and promises join here, each as one more line.
"""

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import InboundMessage, Received
from servewell.apps.flows import sorting


def receive(principal: Principal, message: InboundMessage) -> Received:
    """Take in what a customer wrote; a new conversation is sorted by rule. Errors as of `conversations.actions`."""
    return actions.receive(principal, message, sorting.sort)


def receive_within(principal: Principal, message: InboundMessage) -> Received:
    """As `receive`, in the caller's transaction, which is lost when this raises BusyMeanwhile: it then begins anew."""
    return actions.receive_within(principal, message, sorting.sort)
