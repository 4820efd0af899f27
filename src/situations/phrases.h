// Pieces of sentences that pages, pictures, messages and letters share, so that one thing is said in one way.
#pragma once

#include <string>
#include <string_view>

#include "runtime/messages.h"
#include "situations/model.h"

namespace madang::situations {

/// In which words are said.
struct Speech {
  runtime::Messages const& messages;
  std::string_view language;
  [[nodiscard]] std::string say(std::string_view key, runtime::Messages::Arguments const& arguments = {}) const {
    return messages.text(language, key, arguments);
  }
};

/// An exercise says so wherever its headline stands alone: in lists, titles, feeds and messages.
std::string headline_text(Signal const& signal, Speech const& speech);
/// "about 750 m", "about 1.4 km": no more digits than anybody knows.
std::string distance_text(double metres, Speech const& speech);
/// "µg/m³", "people": symbols are the same in every language, words are not.
std::string unit_text(std::string const& unit, Speech const& speech);
/// "2 → 6 stations, PM2.5 47 → 83 µg/m³" of a line about the cause; what did not change stands once. `facts` know the names of
/// quantities. Empty: the line has no numbers.
std::string change_text(Entry const& entry, Facts const& facts, Speech const& speech);
/// The key of the sentence that says why it ended, when that leaves it open whether the cause is over; else empty.
std::string_view end_key(Situation const& s);
/// The same of a reason alone: what is said when nobody measured that the cause is over.
std::string_view end_key(End end);
/// The key of the piece of a line that says why a part of the cause ended, with `quantity`.
std::string_view part_end_key(End why);
std::string_view severity_key(Severity severity);

}  // namespace madang::situations
