// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/draft_keeper.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"
#include "ui/spec_draft.h"

#include <QtConcurrent>

#include <exception>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr int kSoonMs = 1000;

// By the store that it is for: two windows on two stores keep two drafts.
fs::path fileFor(const fs::path& storeFile) {
    std::error_code code;
    const fs::path whole = fs::weakly_canonical(storeFile, code);
    const std::string& name = code ? storeFile.string() : whole.string();
    return defaultStoreFile().parent_path() / "drafts" / (fingerprint(std::string_view(name)) + ".json");
}

void write(const fs::path& file, const std::string& text) {
    try {
        if (!text.empty()) return writeFileAtomically(file, text);
        fs::remove(file);
    } catch (const std::exception& error) {
        log().warn("{}: the draft is not kept: {}", file.string(), error.what());
    }
}

// Where the next draft does not take its place.
void putAside(const fs::path& file, const std::string& why) {
    std::error_code code;
    const fs::path aside = file.string() + ".unread";
    fs::rename(file, aside, code);
    log().warn("{}: the draft of the last time cannot be read: {}; it {}", file.string(), why,
               code ? code.message() : "lies beside as " + aside.filename().string());
}

// That the draft came from. Where it is gone or can no longer be read, the draft is one without a file.
void takeFile(SpecDraft& draft, const fs::path& file) {
    if (file.empty() || !fs::exists(file)) return;
    try {
        const SpecRead saved = readSpec(file);
        draft.takeFile(file, saved.spec, saved.problems.empty());
    } catch (const Error& error) {
        log().warn("{}", error.what());
    }
}

} // namespace

DraftKeeper::DraftKeeper(SpecDraft& draft, const fs::path& storeFile, QObject* parent)
    : QObject(parent), m_draft(draft), m_file(fileFor(storeFile)) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(kSoonMs);
    connect(&m_draft, &SpecDraft::changed, this, [this] { m_timer.start(); });
    connect(&m_draft, &SpecDraft::fileChanged, this, [this] { m_timer.start(); });
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_writing.isRunning()) return m_timer.start(); // one after the other
        m_writing = QtConcurrent::run([file = m_file, text = text()] { write(file, text); });
    });
}

std::string DraftKeeper::text() const {
    if (!m_draft.isModified()) return {};
    return Json{{"file", m_draft.file().string()}, {"spec", toJson(m_draft.spec())}}.dump(1) + "\n";
}

void DraftKeeper::keep() {
    m_timer.stop();
    m_writing.waitForFinished();
    write(m_file, text());
}

void DraftKeeper::restore() {
    try {
        if (!fs::exists(m_file)) return;
        const Json kept = parseStrictly(readFile(m_file));
        const ExperimentSpec spec = specFromText(kept.at("spec").dump()).spec;
        takeFile(m_draft, kept.at("file").get<std::string>());
        m_draft.replace(spec);
    } catch (const std::exception& error) {
        putAside(m_file, error.what());
    }
}

} // namespace levi
