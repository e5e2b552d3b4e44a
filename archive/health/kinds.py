"""The kinds of alarms in words: the name of each, what it means for readers, and what the operator does first."""

from __future__ import annotations

from archive.language.catalogue import N_

KINDS = {
    "silence": (
        N_("A section is silent"),
        N_(
            "No new articles for much longer than ever before: the newspaper may have stopped publishing, or changed "
            "its pages."
        ),
        N_("Open the section in a browser: if it has newer articles, its list is no longer read as it should be."),
    ),
    "failing": (
        N_("Runs fail one after another"),
        N_("New articles of the newspaper are not in the archive yet."),
        N_("Read the last run’s log: “baotinh jobs history” names the run, “baotinh jobs show” its log."),
    ),
    "errors": (
        N_("Many more errors than usual"),
        N_("The newspaper does not answer, or answers with errors."),
        N_("Open the newspaper in a browser; where it answers there, crawl it more slowly."),
    ),
    "host": (
        N_("A server fails often"),
        N_("Requests are repeated until they succeed; this hides that the server is ailing."),
        N_("Crawl the newspaper more slowly, and see in a day whether its server has recovered."),
    ),
    "layout": (
        N_("The newspaper may have changed its pages"),
        N_("Many captured pages gave no article; the original pages are in the archive."),
        N_("Run “baotinh newspapers doctor”: it says which rules no longer fit, and what would mend them."),
    ),
    "field": (
        N_("A part of the articles is missing"),
        N_("This part was found before, and is now often missing."),
        N_("Run “baotinh newspapers doctor”: it says which rules no longer fit, and what would mend them."),
    ),
    "doubt": (
        N_("A part of the articles is doubtful"),
        N_("The sources of this part no longer agree."),
        N_("Compare a few of the latest articles with their pages: “baotinh explain” shows how each was read."),
    ),
    "confidence": (
        N_("A part of the articles is less certain"),
        N_("The sources of this part agree less than before."),
        N_("Compare a few of the latest articles with their pages: “baotinh explain” shows how each was read."),
    ),
    "unread": (
        N_("Captured pages could not be read yet"),
        N_("The originals are in the archive; each run tries again until they can be read."),
        N_("See whether the machine has memory and processor left; the next runs try again by themselves."),
    ),
    "robots": (
        N_("The newspaper no longer allows crawling"),
        N_("The newspaper’s robots.txt now forbids pages that it allowed before."),
        N_("Write to the newspaper; what it forbids is not requested meanwhile."),
    ),
    "late": (
        N_("Behind schedule"),
        N_("A scheduled job did not run in time."),
        N_("See whether “baotinh jobs start” runs, and whether another run of the newspaper takes too long."),
    ),
    "disk": (
        N_("The disk is nearly full"),
        N_("When the disk is full, crawling stops; nothing that was captured is lost."),
        N_("Move WARC files to a larger place with “baotinh move”, and delete old logs with “baotinh prune”."),
    ),
    "unwritable": (
        N_("Nothing can be written to the archive"),
        N_("Nothing is crawled until the archive can be written again."),
        N_("See whether its disk is mounted, writable and not full, and whether a newer version has written there."),
    ),
    "daemon": (
        N_("The daemon does not run"),
        N_("No job is started, and nobody is notified of other alarms."),
        N_("Start “baotinh jobs start” again; its log says why it ended."),
    ),
    "schedule": (
        N_("The schedule has a fault"),
        N_("The daemon goes on with the schedule that it read before."),
        N_("Run “baotinh jobs check”: it names each fault with its line; then “baotinh jobs reload”."),
    ),
}
