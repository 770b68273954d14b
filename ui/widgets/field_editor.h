// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/experiment_spec.h"

#include <QStringList>
#include <QWidget>

#include <memory>

namespace levi {

// The box of one field of the table. Shows a row; tells what a user puts in. Knows no spec. An empty box stands for the
// default, which it shows in grey.
class FieldEditor : public QWidget {
    Q_OBJECT

public:
    static FieldEditor* make(const FieldRow& row); // by the field's type

    // `refused`: what the user typed and the field does not take; stays in the box.
    virtual void showRow(const FieldRow& row, const QString* refused) = 0;
    virtual void setSuggestions(const QStringList&) {} // values to pick from, besides typing
    QWidget* target() const { return m_target; }       // what takes the keyboard
    void mark(bool isChanged, bool hasProblem);        // bold, red border

Q_SIGNALS:
    void entered(const QString& text); // as --set reads it
    void listEntered(const QStringList& items);
    void cleared(); // back to the default

protected:
    void setTarget(QWidget* target);

private:
    QWidget* m_target = nullptr;
};

} // namespace levi
