// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/field_text.h"

#include "core/base/numbers.h"

#include <QStringList>

namespace levi {
namespace {

bool isKind(const std::string& path) {
    return path.ends_with(".kind");
}

} // namespace

QString fieldText(const Json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return QString::fromStdString(value.get<std::string>());
    if (value.is_number_float()) return QString::fromStdString(fullPrecision(value.get<double>()));
    if (!value.is_array()) return QString::fromStdString(value.dump());
    QStringList parts;
    for (const Json& part : value)
        parts << fieldText(part);
    return parts.join(QLatin1Char(','));
}

QString spokenChoice(const std::string& path, const std::string& choice) {
    if (isKind(path)) {
        const Section& of = section(path.substr(0, path.find('.')));
        if (const Kind* kind = of.kinds ? of.kinds->find(choice) : nullptr) return QString::fromStdString(kind->label);
    }
    return QString::fromStdString(choice).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString spokenValue(const FieldRow& row, const Json& value) {
    if (row.info.type == FieldType::Choice && value.is_string())
        return spokenChoice(row.path, value.get<std::string>());
    if (value.is_boolean()) return value.get<bool>() ? QStringLiteral("on") : QStringLiteral("off");
    QString text = fieldText(value);
    if (text.isEmpty()) return QStringLiteral("–");
    if (row.info.type == FieldType::TextList) text.replace(QLatin1String(","), QLatin1String(", "));
    if (!row.info.unit.empty()) text += QLatin1Char(' ') + QString::fromStdString(row.info.unit);
    return text;
}

QString fieldToolTip(const FieldRow& row) {
    QString text = QStringLiteral("<p>%1</p><p>").arg(QString::fromStdString(row.info.help).toHtmlEscaped());
    text += QStringLiteral("Takes %1").arg(QString::fromStdString(expectationText(row.info)).toHtmlEscaped());
    if (!row.info.unit.empty()) text += QStringLiteral(" (%1)").arg(QString::fromStdString(row.info.unit));
    if (row.info.required)
        text += QStringLiteral("; required");
    else
        text += QStringLiteral("; default %1").arg(spokenValue(row, row.info.defaultValue).toHtmlEscaped());
    return text + QStringLiteral(".</p><p><code>--set %1=…</code></p>").arg(QString::fromStdString(row.path));
}

} // namespace levi
