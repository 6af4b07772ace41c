"""What is said in English about each topic."""

TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "delivery": {
        "subjects": ("Where is order {order}?", "Parcel {parcel} does not move"),
        "opening": (
            "I ordered {days} days ago and order {order} has not arrived.",
            "The courier says my parcel {parcel} was delivered, but I have nothing.",
            "Can I still change the delivery address of order {order}?",
            "When will the {product} be shipped?",
        ),
        "again": ("I need it before the weekend.", "The tracking page has not changed for days."),
        "bot": (
            "Order {order} has left our warehouse. Parcel {parcel} should reach you within {days} days.",
            "Please look at the parcel locker and ask your neighbours first; the pick-up code is in the text message.",
        ),
        "details": (
            "Order {order}, a {product}, same address as always.",
            "Parcel {parcel}, last scan {days} days ago.",
        ),
        "answer": (
            "I talked to the courier: parcel {parcel} goes out again today. Please keep your phone close.",
            "The address is changed, order {order} will be delivered there.",
            "One {product} was missing in the parcel. We are sending it now, tracking number {parcel}.",
        ),
        "ask": ("Could you send a photo of the parcel locker?",),
        "reply": ("Photo attached: it is empty.",),
        "note": ("@{colleague} the courier calls back this afternoon about {parcel}.",),
    },
    "refund": {
        "subjects": ("Refund for order {order}", "Return of the {product}"),
        "opening": (
            "The {product} does not fit, I would like to return it. Order {order}.",
            "My refund of CNY {amount} has not arrived after {days} days.",
            "I was charged twice for order {order}, please pay CNY {amount} back.",
            "The {product} came with scratches and I want my money back.",
        ),
        "again": ("When do I get my money?", "I have sent it back already, parcel {parcel}."),
        "bot": (
            "You can return goods within seven days. Choose 'refund' in order {order}; it takes three working days.",
            "You see the progress of a refund under 'My returns'.",
        ),
        "details": ("Order {order}, paid CNY {amount}, never used.", "Sent back with parcel {parcel}."),
        "answer": (
            "Your refund of CNY {amount} is registered. After-sales checks the return, then finance pays it out.",
            "We have the return for order {order}; my colleagues check it and you will hear from us.",
        ),
        "ask": ("Please send a photo of the damage and of the box.",),
        "reply": ("The photos are attached, the scratch is easy to see.",),
        "note": ("@{colleague} please check the return of order {order}, CNY {amount}.",),
    },
    "product": {
        "subjects": ("Question about the {product}", "Before I buy: {product}"),
        "opening": (
            "Which colours does the {product} come in, and is there a discount?",
            "How does the {product} differ from last year's?",
            "Is there a warranty on the {product}, and are spare parts sold?",
        ),
        "again": ("I would order today.", "The page does not say how large it is."),
        "bot": (
            "The {product} comes in cream and dark grey, with CNY 30 off above CNY 300.",
            "The {product} has one year of warranty; spare parts are in their own section.",
        ),
        "details": ("I would like to know its size and weight.", "I want {days} of them, is there a price for that?"),
        "answer": (
            "The {product} is in stock and leaves tomorrow; gift wrapping is free.",
            "From {days} pieces on you get five percent off, here is a voucher.",
        ),
        "ask": ("What would you use it for, mostly?",),
        "reply": ("At home, at weekends.",),
        "note": ("@{colleague} asks for a price for {days} pieces of the {product}.",),
    },
    "fault": {
        "subjects": ("{product} does not start", "Fault of my {product}"),
        "opening": (
            "After {days} days my {product} does not switch on any more.",
            "The {product} shows error E{code}. What now?",
            "My {product} smells burnt and is very loud. Is that safe?",
            "The {product} does not pair by Bluetooth, even after a reset.",
        ),
        "again": ("I tried all that the manual says.", "I can send you a video."),
        "bot": (
            "Please unplug it for five minutes; if E{code} comes back, check that the filter sits well.",
            "If it smells burnt, unplug it at once and ask for a person.",
        ),
        "details": (
            "Order {order}, error E{code}, a restart does not help.",
            "Bought {days} days ago, photo attached.",
        ),
        "answer": (
            "I noted error E{code} of your {product} and passed it on to our technicians.",
            "Please stop using the {product}; the technicians look at it first thing.",
        ),
        "ask": ("What is the serial number on the plate?",),
        "reply": ("It is SN{code}{days}, see the photo.",),
        "note": ("@{colleague} third case of E{code}, is it the batch?",),
    },
    "invoice": {
        "subjects": ("Invoice for order {order}", "Wrong name on my invoice"),
        "opening": (
            "I need a tax invoice for order {order}.",
            "The invoice over CNY {amount} never reached me.",
            "The name on the invoice is wrong, can you issue it again?",
        ),
        "again": ("It is for my expenses, this month.", "It is not among the spam either."),
        "bot": (
            "Choose 'invoice' in order {order} and enter name and tax number; it comes by mail within a day.",
            "A wrong name can be corrected within 30 days.",
        ),
        "details": ("Order {order}, CNY {amount}, same mail address.",),
        "answer": (
            "The invoice for order {order} over CNY {amount} is attached once more.",
            "The old invoice is cancelled, the corrected one can be downloaded tomorrow.",
        ),
        "ask": ("Please send the full name and the tax number.",),
        "reply": ("Both are in the attachment.",),
        "note": ("@{colleague} please cancel and issue again, CNY {amount}.",),
    },
    "account": {
        "subjects": ("I cannot sign in", "New telephone number"),
        "opening": (
            "I do not get the code when I sign in.",
            "I have a new number, how do I change it?",
            "My account is locked, please open it.",
            "Why was my membership renewed by itself?",
        ),
        "again": ("I wanted to order today.", "The old number is out of use."),
        "bot": (
            "Check whether your phone blocks messages, or choose 'call me' when signing in.",
            "You can change the number under settings, account and security.",
        ),
        "details": ("It is this account; the old number gets no messages.", "It says error {code} since last night."),
        "answer": (
            "I checked who you are and unlocked the account. Please choose a new password.",
            "Your number is changed; sign in with it in ten minutes.",
            "Automatic renewal is off and this month is paid back.",
        ),
        "ask": ("For safety, what did you order last?",),
        "reply": ("The {product}.",),
        "note": ("@{colleague} identity checked, please change the number.",),
    },
}
