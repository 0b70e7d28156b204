"""What the contract and the services say of a fault, in both languages."""

import re

from services.contract.labels import Text

_NORWEGIAN: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "Må fylles ut."),
    (r"Field may not be null\.", "Må fylles ut."),
    (r"Must be a whole number\.", "Må være et helt tall."),
    (r"Must be a date that exists.*", "Må være en dato som finnes, som 25.02.2024."),
    (
        r"Must be a date \(2016.*",
        "Må være en dato, en måned eller et år som finnes, som 25.02.2024 eller 2016.",
    ),
    (r"Must be a week that exists.*", "Må være en uke som finnes, som 2024-W35."),
    (r"Must be between (\S+) and (\S+)\.", r"Må være mellom \1 og \2."),
    (r"Must be a year from (\S+) to (\S+)\.", r"Må være et år fra \1 til \2."),
    (r"Must be a region code.*", "Må være et kommunenummer på fire sifre eller et bydelsnummer på seks."),
    (r"Must be one of: (.*)", r"Må være en av: \1"),
    (r"Must have (\d+) to (\d+) characters\.", r"Må ha \1 til \2 tegn."),
    (r"Must be a UUID.*", "Må være en bosettings-ID (UUID) fra listen over tildelinger."),
    (r"Give age or ageGroup, not both\.", "Oppgi alder eller aldersgruppe, ikke begge."),
    (r"Only an unaccompanied minor has a form of care\.", "Bare enslige mindreårige har en omsorgsform."),
    (r"What has happened can't lie in the future\.", "Det som har skjedd, kan ikke ligge fram i tid."),
    (r"There is no region with the code (\S+)\.", r"Ingen kommune eller bydel har nummeret \1."),
    (r"(.+) is no municipality\.", r"\1 er ingen kommune."),
    (r"(.+) is no district\.", r"\1 er ingen bydel."),
    (r"(.+) is no district of (\S+)\.", r"\1 er ingen bydel i \2."),
    (
        r"(.+) was valid until (\d+), so not in (\d+); that year use (.+)\.",
        r"\1 gjaldt til og med \2, altså ikke i \3. Bruk \4 det året.",
    ),
    (r"(.+) was valid until (\d+), so not in (\d+)\.", r"\1 gjaldt til og med \2, altså ikke i \3."),
    (
        r"(.+) is valid from (\d+), so not in (\d+); that year use (.+)\.",
        r"\1 gjelder fra \2, altså ikke i \3. Bruk \4 det året.",
    ),
    (r"(.+) is valid from (\d+), so not in (\d+)\.", r"\1 gjelder fra \2, altså ikke i \3."),
    (r"Can't be more than (\w+)\.", "Kan ikke være mer enn det hele."),
    (r"The decision says that no unaccompanied.*", "Vedtaket sier at enslige mindreårige ikke tas imot."),
    (r"The district (\S+) stands more than once\.", r"Bydelen \1 står mer enn én gang."),
    (
        r"The district shares add up to (\d+), more than the (\d+) decided\.",
        r"Bydelene får til sammen \1, mer enn de \2 som er vedtatt.",
    ),
    (r"This field is not part.*", "Dette feltet hører ikke med."),
    (
        r"This holds what may be a national.*",
        "Her står det som kan være et fødselsnummer, D-nummer eller DUF-nummer.",
    ),
    (
        r"Nothing was reported under this reference.*",
        "Det er ikke meldt noe med denne referansen som dette kan endre.",
    ),
    (
        r"The stream is in the state (decided|revised); quota\.decided can't follow\..*",
        "Vedtak for dette året er meldt før. Velg handlingen «Endret» for å endre det.",
    ),
    (
        r"The stream is in the state (issued|revised); request\.issued can't follow\..*",
        "Anmodning for dette året er meldt før. Velg handlingen «Endret» for å endre den.",
    ),
    (
        r"The stream is in the state (settled|corrected); person\.settled can't follow\..*",
        "Personen er meldt bosatt før. Velg handlingen «Rettet» for å rette.",
    ),
    (
        r"The stream is in the state (closed|allocated|withdrawn); settlement\.(corrected|withdrawn) can't follow\..*",
        "Bosettingen er trukket.",
    ),
    (
        r"The stream does not exist yet; (\S+) can't follow\..*",
        "Det er ikke meldt noe som dette kan følge etter.",
    ),
    (
        r"The stream is in the state (\S+); (\S+) can't follow\..*",
        r"Saken står som «\1», og da kan ikke dette meldes.",
    ),
    (
        r"An event with the same source and id, but other content.*",
        "Referansen er meldt før med annet innhold. Velg handlingen «Rettet» for å rette, eller en ny referanse.",
    ),
    (
        r"You may (post events about your own data|report for your own).*",
        "Du kan bare melde om din egen kommune eller bydel.",
    ),
    (r"You may not post events of this type\.", "Dette kan ikke din organisasjon melde."),
    (
        r"A correction keeps the municipality.*",
        "En retting beholder kommunen. Trekk her, og meld der det skjedde.",
    ),
    (
        r"The person was allocated to another municipality.*",
        "Personen er tildelt en annen kommune.",
    ),
    (r"The person was allocated on (\S+), after that\.", r"Personen ble tildelt \1, etter dette."),
    (
        r"No decision of (\S+) for (\d+) has been seen.*",
        r"Det er ikke sett noe vedtak fra \1 for \2. Bosettingen går sin gang så lenge.",
    ),
    (
        r"With this person (\d+) are settled in (\d+); (\d+) were decided\.",
        r"Med denne personen er \1 bosatt i \2; vedtatt er \3.",
    ),
    (
        r"No request to this municipality for (\d+) has been seen\.",
        r"Det er ikke sett noen anmodning til kommunen for \1.",
    ),
)
_PATTERNS = [(re.compile(pattern, re.DOTALL), said) for pattern, said in _NORWEGIAN]

_ENGLISH = {
    "You may post events about your own data": "You may report for your own municipality or district only.",
    "The stream is in the state decided; quota.decided": "A decision for this year was reported before. Choose "
    "the action Revised to change it.",
    "The stream is in the state revised; quota.decided": "A decision for this year was reported before. Choose "
    "the action Revised to change it.",
    "The stream is in the state issued; request.issued": "A request for this year was reported before. Choose "
    "the action Revised to change it.",
    "The stream is in the state revised; request.issued": "A request for this year was reported before. Choose "
    "the action Revised to change it.",
    "The stream is in the state closed; settlement.": "The settlement is withdrawn.",
    "An event with the same source and id, but other content": "This reference was reported before with other "
    "content. Choose the action Corrected to correct it, or another reference.",
    "Missing data for required field.": "Must be filled in.",
    "Field may not be null.": "Must be filled in.",
}


def told(message: str) -> Text:
    """A message of the contract or of a service as both languages have it; else as it is."""
    english = next((said for start, said in _ENGLISH.items() if message.startswith(start)), message)
    for pattern, said in _PATTERNS:
        match = pattern.fullmatch(message)
        if match is not None:
            return Text(match.expand(said), english)
    return Text(message, english)
