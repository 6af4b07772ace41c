"""What is said in English whatever the topic."""

COMMON: dict[str, tuple[str, ...]] = {
    "not_enough": (
        "That does not answer my question. Can I talk to a person?",
        "I read that already, it is a different case. Please hand me over.",
        "Still not working. Is a human around?",
    ),
    "ask_details": (
        "I am handing you over to a colleague. Please add your order number and what happened.",
        "A person will take it from here. Tell us the order number and when you bought it.",
        "Please describe it in a little more detail, so that it can be settled in one go.",
    ),
    "thanks": ("Great, thank you!", "That solves it, thanks.", "Perfect, cheers {agent}.", "Understood, thank you."),
    "angry": (
        "I am really not happy with this.",
        "This is the second time and I want to complain.",
        "Nobody kept the promise that was made to me.",
    ),
    "nudge": (
        "Any news? I am still waiting.",
        "Hello? Nobody has answered since yesterday.",
        "Order {order} still shows the same state. Please have a look.",
    ),
    "back": (
        "You said it was solved, but the same thing happened again today.",
        "Sorry to come back: nothing has arrived for order {order} yet.",
        "I did what you told me and it still fails. Could you check once more?",
        "One more question about the {product}, if I may.",
    ),
    "paid_out": (
        "Your refund of CNY {amount} for order {order} is on its way and arrives within three working days.",
        "CNY {amount} were paid back to the card you used for order {order}.",
    ),
    "compensated": (
        "We are sorry for the trouble. A voucher of CNY {amount} is waiting in your account.",
        "As an apology we have credited CNY {amount} to your account, {name}.",
    ),
    "sent_back": (
        "The amount differs from what was paid. @{colleague}, please check and send it again.",
        "The proof of return is missing, @{colleague}. Sending it back for now.",
    ),
    "repaired": (
        "We found a loose contact and have sent you a new {product}. The courier takes the old one back.",
        "The firmware was too old. After the update the {product} works again; please try once more.",
        "A replacement is on its way, parcel {parcel}. Charge it for two hours before you use it.",
    ),
    "missed": ("Nobody took the call and the customer hung up. Please call back.", "Left the queue; call back."),
    "greeting": ("Hello, this is {agent}.", "Hi {name}, {agent} here.", "Thank you for waiting.", ""),
}
