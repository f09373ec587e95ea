"""The Dutch of the fixture notebooks' markdown."""

from __future__ import annotations

DUTCH = {
    "# Session report\n\nWhat the CRM says before the room speaks: what is known, what is not, and "
    "what to decide together.": "# Sessierapport\n\nWat de CRM zegt voor de groep spreekt: wat "
    "bekend is, wat niet, en wat jullie samen beslissen.",
    "## The short version": "## In het kort",
    "## What this CRM can answer\n\nEach question of the programme needs certain columns. Where "
    "they are missing, the question is left out, and the table says what to ask for.": "## Wat "
    "deze CRM kan beantwoorden\n\nElke vraag van het programma heeft bepaalde kolommen nodig. "
    "Ontbreken die, dan valt de vraag weg, en zegt de tabel wat je opvraagt.",
    "## The funnel and where it leaks\n\n### By stage\n\nA conversion counts within a fixed "
    "window, and only for cohorts whose every member has had that window.": "## De trechter en "
    "waar hij lekt\n\n### Per fase\n\nEen overgang telt binnen een vaste termijn, en alleen voor "
    "cohorten waarvan iedereen die termijn heeft gehad.",
    "### By month of entry": "### Per instapmaand",
    "## Ten won against ten lost\n\nThe deals were picked by a rule, not by hand.": "## Tien "
    "gewonnen tegen tien verloren\n\nEen regel koos de deals, niet een mens.",
    "## The pipeline goal\n\nA goal is a probability, not a promise.": "## Het pijplijndoel\n\nEen "
    "doel is een kans, geen belofte.",
    "## What the session adds\n\nShared terms, hand-over rules and commitments come from the room: "
    "they follow after the session.": "## Wat de sessie toevoegt\n\nGedeelde termen, regels voor "
    "de overdracht en toezeggingen komen van de groep: ze volgen na de sessie.",
    "# A report": "# Een rapport",
    "## A chapter\n\nWith text, and `code`.": "## Een hoofdstuk\n\nMet tekst, en `code`.",
}
