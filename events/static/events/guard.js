"use strict";
// Nothing typed is lost: asks before a page with unsaved entries is left, and sends a form only to who is signed in, once.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("#content-main form");
    const probe = document.querySelector("script[src*='jsi18n']"); // small, and only for who is signed in
    if (!form || !probe) {
        return;
    }
    const entries = () => new URLSearchParams(new FormData(form)).toString();
    const refused = form.querySelector(".errornote") !== null;
    if (refused) {
        // The form is long: the first mistake comes into view, and under the cursor if it has a field that can be typed in.
        form.querySelector(".errornote").setAttribute("role", "alert");
        form.querySelector(".errorlist")?.scrollIntoView({ block: "center" });
        // Django's script for new entries comes when it comes, and would have the cursor in the first field.
        document.getElementById("django-admin-form-add-constants")?.removeAttribute("data-model-name");
        const wrong = form.querySelector("[aria-invalid='true']:not([type='hidden'])");
        const whenBoxesAre = window.django?.jQuery ?? ((then) => { then(); });
        whenBoxesAre(() => {
            const inBox = "span.select2 :is(.select2-selection[tabindex='0'], .select2-search__field)";
            const box = wrong?.matches(".select2-hidden-accessible") && wrong.parentElement.querySelector(inBox);
            (box || wrong)?.focus({ preventScroll: true });
        });
    }
    const opened = entries();
    const note = document.createElement("p");
    note.className = "errornote";
    note.setAttribute("role", "alert");
    let asking = false;
    let passing = false; // the one submit that is let through
    let leaving = false; // the page is left because it is saved
    let sent = false; // a double click saves once

    const tell = (row, ...words) => {
        note.replaceChildren(...words);
        row.before(note);
        note.scrollIntoView({ block: "center" });
    };
    const release = () => { sent = leaving = false; };
    window.addEventListener("pageshow", release);
    window.navigation?.addEventListener("navigateerror", release); // whoever stops it while it is sent has the form

    window.addEventListener("beforeunload", (event) => {
        if (!leaving && (refused || entries() !== opened)) {
            event.preventDefault();
            event.returnValue = true; // what older browsers look at
        }
        leaving = false;
    });

    form.addEventListener("submit", async (event) => {
        if (passing) {
            leaving = sent = true;
            if (!window.navigation) {
                setTimeout(release, 10000); // nothing else tells that it was stopped
            }
            return;
        }
        event.preventDefault();
        if (asking || sent) {
            return;
        }
        asking = true;
        note.remove();
        const row = event.submitter ? event.submitter.closest(".submit-row") : form.querySelector(".submit-row");
        const slow = setTimeout(() => { tell(row, "Not saved yet: waiting for the server."); }, 2000);
        const patience = new AbortController();
        const end = setTimeout(() => { patience.abort(); }, 20000);
        const answer = await fetch(probe.src, { cache: "no-store", signal: patience.signal }).catch(() => null);
        clearTimeout(slow);
        clearTimeout(end);
        note.remove();
        asking = false;
        if (answer && answer.ok && !answer.redirected) {
            passing = true;
            form.requestSubmit(event.submitter);
            passing = false;
            return;
        }
        if (answer && answer.ok) {
            const link = document.createElement("a");
            link.href = new URL(answer.url).pathname;
            link.target = "_blank";
            link.textContent = "Log in in another tab";
            tell(row, "Not saved: you are no longer logged in. What you entered is still here. ", link,
                ", then come back and save again.");
        } else {
            tell(row, "Not saved: the server does not answer. What you entered is still here: save again later.");
        }
    });
});
