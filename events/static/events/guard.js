"use strict";
// Nothing typed is lost: asks before a page with unsaved entries is left, and sends a form only to who is signed in.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("#content-main form");
    const probe = document.querySelector("script[src*='jsi18n']"); // small, and only for who is signed in
    if (!form || !probe) {
        return;
    }
    const entries = () => new URLSearchParams(new FormData(form)).toString();
    const refused = form.querySelector(".errornote") !== null;
    const opened = entries();
    const note = document.createElement("p");
    note.className = "errornote";
    note.setAttribute("role", "alert");
    let asking = false;
    let saving = false;

    window.addEventListener("beforeunload", (event) => {
        if (!saving && (refused || entries() !== opened)) {
            event.preventDefault();
            event.returnValue = true; // what older browsers look at
        }
        saving = false; // whoever stops it while it is sent still has the form
    });

    form.addEventListener("submit", async (event) => {
        if (saving) {
            return;
        }
        event.preventDefault();
        if (asking) {
            return;
        }
        asking = true;
        note.remove();
        const answer = await fetch(probe.src, { cache: "no-store" }).catch(() => null);
        asking = false;
        if (answer && answer.ok && !answer.redirected) {
            // Signing in, in whichever tab, has made a new token.
            const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
            if (token) {
                form.elements.csrfmiddlewaretoken.value = token[1];
            }
            saving = true;
            form.requestSubmit(event.submitter);
            return;
        }
        if (answer && answer.ok) {
            const link = document.createElement("a");
            link.href = new URL(answer.url).pathname;
            link.target = "_blank";
            link.textContent = "Log in in another tab";
            note.replaceChildren("Not saved: you are no longer logged in. What you entered is still here. ", link,
                ", then come back and save again.");
        } else {
            note.replaceChildren("Not saved: the server does not answer. What you entered is still here: save again later.");
        }
        const row = event.submitter ? event.submitter.closest(".submit-row") : form.querySelector(".submit-row");
        row.before(note);
        note.scrollIntoView({ block: "center" });
    });
});
