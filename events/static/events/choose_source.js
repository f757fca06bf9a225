"use strict";
// Offers, as the source of a figure, the sources that stand in the form and are not saved yet, by their URLs.
const URLS = "input[name^='sources-'][name$='-url']";
const before = new WeakMap();

document.addEventListener("focusin", ({ target }) => {
    if (target.matches(URLS)) {
        before.set(target, target.value.trim());
    } else if (isFigureSource(target)) {
        offerUnsaved(target);
    }
});

// A corrected URL is that of the figures that have chosen it, too.
document.addEventListener("change", ({ target }) => {
    if (!target.matches(URLS)) {
        return;
    }
    const options = [...document.querySelectorAll("select")].filter(isFigureSource).flatMap((select) => [...select.options]);
    for (const option of options.filter((option) => option.value && option.value === before.get(target))) {
        option.value = option.text = target.value.trim();
    }
    before.set(target, target.value.trim());
});

function isFigureSource(element) {
    return element instanceof HTMLSelectElement && /^figures-\d+-source$/.test(element.name);
}

function offerUnsaved(select) {
    const beside = (input, name) => document.getElementsByName(input.name.replace(/url$/, name))[0];
    const unsaved = [...document.querySelectorAll(URLS)]
        .filter((input) => !beside(input, "id")?.value && !beside(input, "DELETE")?.checked)
        .map((input) => input.value.trim())
        .filter((url) => url);
    for (const option of [...select.options]) {
        if (/\D/.test(option.value) && !option.selected && !unsaved.includes(option.value)) {
            option.remove();
        }
    }
    const offered = [...select.options].map((option) => option.value);
    for (const url of new Set(unsaved)) {
        if (!offered.includes(url)) {
            select.add(new Option(url, url));
        }
    }
}
