#include "situations/notices/letter.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "core/json_input.h"
#include "situations/notices/limits.h"
#include "situations/notices/mime.h"
#include "situations/phrases.h"

namespace madang::situations::notices {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// What a letter says of a Situation, read from the JSON that webhooks get.
struct ParsedSituation {
  std::int64_t id = 0;
  std::string severity;
  city::Name headline, description, instruction, area;
  std::optional<LatLon> place;
  double radius = 0;
  bool whole_city = false;   ///< whatever the place
  std::int64_t escalation = 0;
  Instant since;
  std::int64_t raised_at = 0;
  std::string end_reason;
  std::string ended_by;      ///< only what leaves it open whether the cause is over
  bool is_public = false;
  bool simulated = false;
};

/// Of the names of End in the JSON.
std::string_view end_key_of(std::string_view name) {
  for (auto const end : {End::kRuleOff, End::kUnheard, End::kJoined, End::kUnconfirmed, End::kUsual, End::kOperator})
    if (situations::name_of(end) == name) return end_key(end);
  return {};
}

city::Name name_in(element const& value) {
  city::Name name;
  object texts;
  std::string_view text;
  if (value.get(texts) != simdjson::SUCCESS) return name;
  for (auto const [language, each] : texts)
    if (each.get(text) == simdjson::SUCCESS) name.by_language.emplace(language, text);
  return name;
}

/// What is absent keeps its default: the public's version lacks some fields.
void read_place(object const& s, ParsedSituation& parsed) {
  array pair;
  double longitude = 0;
  double latitude = 0;
  if (s["place"].get(pair) == simdjson::SUCCESS && pair.at(0).get(longitude) == simdjson::SUCCESS &&
      pair.at(1).get(latitude) == simdjson::SUCCESS)
    parsed.place = LatLon{latitude, longitude};
  if (s["radius"].get(parsed.radius) != simdjson::SUCCESS) parsed.radius = 0;
  element area;
  if (s["area"]["name"].get(area) == simdjson::SUCCESS) parsed.area = name_in(area);
  if (s["whole_city"].get(parsed.whole_city) != simdjson::SUCCESS) parsed.whole_city = false;
}

Result<ParsedSituation> parse_situation(std::string const& json) {
  simdjson::dom::parser parser;
  object s;
  ParsedSituation parsed;
  std::int64_t since = 0;
  std::string_view severity;
  element headline;
  element description;
  element instruction;
  if (parser.parse(json).get(s) != simdjson::SUCCESS || s["id"].get(parsed.id) != simdjson::SUCCESS ||
      s["since"].get(since) != simdjson::SUCCESS || s["severity"].get(severity) != simdjson::SUCCESS ||
      s["headline"].get(headline) != simdjson::SUCCESS || s["description"].get(description) != simdjson::SUCCESS ||
      s["instruction"].get(instruction) != simdjson::SUCCESS || s["public"].get(parsed.is_public) != simdjson::SUCCESS ||
      s["simulated"].get(parsed.simulated) != simdjson::SUCCESS)
    return fail(Code::kCorrupt, "the words of a notice are not those of a situation");
  parsed.severity = severity;
  parsed.since = instant_of_millis(since);
  parsed.headline = name_in(headline);
  parsed.description = name_in(description);
  parsed.instruction = name_in(instruction);
  read_place(s, parsed);
  if (s["raised_at"].get(parsed.raised_at) != simdjson::SUCCESS) parsed.raised_at = 0;
  std::string_view reason;
  if (s["end_reason"].get(reason) == simdjson::SUCCESS) parsed.end_reason = reason;
  bool lasts = false;
  if (s["lasts_after_end"].get(lasts) != simdjson::SUCCESS) lasts = false;
  if (s["ended_by"].get(reason) != simdjson::SUCCESS) reason = {};
  bool const by_hand = reason == situations::name_of(End::kOperator);
  if (!end_key_of(reason).empty() && (lasts || !by_hand)) parsed.ended_by = reason;
  if (s["escalation"].get(parsed.escalation) != simdjson::SUCCESS) parsed.escalation = 0;
  return parsed;
}

/// Writes one language's part.
class Writer {
 public:
  Writer(Sender const& sender, runtime::Messages const& messages, std::string_view language, ParsedSituation const& parsed, Event event)
      : sender_(sender), messages_(messages), language_(language), situation_(parsed), event_(event) {}

  [[nodiscard]] std::string subject() const {
    auto text = say("notice.subject", {{"city", city()}, {"severity", severity()}, {"headline", situation_.headline.in(language_)}});
    if (event_ == Event::kTest) return say("notice.subject_test", {{"city", city()}});
    if (is_over() && situation_.ended_by.empty()) text = say("notice.subject_over", {{"city", city()}, {"headline", situation_.headline.in(language_)}});
    if (event_ == Event::kReal) return say("notice.subject_real", {{"subject", text}});
    return situation_.simulated ? say("notice.subject_exercise", {{"subject", text}}) : text;
  }

  [[nodiscard]] std::string body() const {
    std::string out;
    if (situation_.simulated && event_ != Event::kTest) out += say("notice.exercise") + "\n\n";
    out += news() + "\n\n";
    out += say("notice.what", {{"text", what()}}) + "\n";
    out += say("notice.where", {{"text", where()}}) + "\n";
    out += say("notice.since", {{"time", situation_.since}}) + "\n";
    out += say("notice.do", {{"text", what_to_do()}}) + "\n";
    if (!situation_.end_reason.empty()) out += say("notice.reason", {{"text", situation_.end_reason}}) + "\n";
    if (auto const address = link(); !address.empty()) out += "\n" + say("notice.more", {{"link", address}}) + "\n";
    return out + "\n" + say("notice.why", {{"city", city()}}) + "\n";
  }

 private:
  [[nodiscard]] std::string say(std::string_view key, runtime::Messages::Arguments const& arguments = {}) const {
    return messages_.text(language_, key, arguments);
  }
  [[nodiscard]] std::string city() const { return sender_.city.in(language_); }
  [[nodiscard]] bool is_over() const { return event_ == Event::kResolved || event_ == Event::kDismissed; }

  [[nodiscard]] std::string severity() const {
    if (situation_.severity == "critical") return say("alerts.severity.critical");
    if (situation_.severity == "serious") return say("alerts.severity.serious");
    return situation_.severity == "caution" ? say("alerts.severity.caution") : say("alerts.severity.notice");
  }

  [[nodiscard]] std::string news() const {
    switch (event_) {
      case Event::kRaised: return say("notice.raised", {{"severity", severity()}});
      case Event::kWorsened: return say("notice.worsened", {{"severity", severity()}});
      case Event::kReal: return say("notice.real", {{"severity", severity()}});
      case Event::kEased: return say("notice.eased", {{"severity", severity()}});
      case Event::kAcknowledged: return say("notice.acknowledged");
      case Event::kActing: return say("notice.acting");
      case Event::kEscalated: return say("notice.escalated", {{"count", situation_.escalation}});
      case Event::kResolved: return say(situation_.ended_by.empty() ? "notice.resolved" : end_key_of(situation_.ended_by));
      case Event::kDismissed: return say("notice.dismissed");
      case Event::kTest: break;
    }
    return say("notice.test");
  }

  [[nodiscard]] std::string what() const {
    auto const& headline = situation_.headline.in(language_);
    auto const& description = situation_.description.in(language_);
    return description.empty() ? headline : headline + "\n" + description;
  }

  [[nodiscard]] std::string where() const {
    auto const area = situation_.whole_city ? say("notice.whole_city", {{"city", city()}}) : situation_.area.in(language_);
    if (!situation_.place) return area.empty() ? say("notice.whole_city", {{"city", city()}}) : area;
    auto const place = fmt::format("{:.4f}, {:.4f}", situation_.place->latitude, situation_.place->longitude);
    auto const near = situation_.radius > 0 ? say("notice.around", {{"place", place}, {"distance", distance_text(situation_.radius, {messages_, language_})}}) : place;
    return area.empty() ? near : fmt::format("{} ({})", area, near);
  }

  [[nodiscard]] std::string what_to_do() const {
    if (is_over()) return say(situation_.ended_by.empty() ? "notice.do_nothing" : "notice.do_watch");
    auto const& instruction = situation_.instruction.in(language_);
    return instruction.empty() ? say("notice.do_watch") : instruction;
  }

  [[nodiscard]] std::string link() const {
    if (sender_.base_address.empty() || situation_.id == 0) return {};
    return fmt::format("{}{}{}", sender_.base_address, situation_.is_public ? "/alerts/" : "/control?situation=", situation_.id);
  }

  Sender const& sender_;
  runtime::Messages const& messages_;
  std::string_view const language_;
  ParsedSituation const& situation_;
  Event const event_;
};

std::vector<std::string> languages_for(Subscriber const& to, runtime::Messages const& messages) {
  if (!to.language.empty()) return {to.language};
  return messages.languages();
}

std::string shortened(std::string text) {
  if (text.size() <= kSubjectMax) return text;
  auto end = kSubjectMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<std::string> letter_of(Sender const& sender, runtime::Messages const& messages, Subscriber const& to, Notice const& notice,
                              Content const& content) {
  MADANG_TRY(auto const parsed, parse_situation(to.filter.internal ? content.for_operators : content.for_public));
  std::string subject;
  std::string body;
  std::string city;
  for (auto const& language : languages_for(to, messages)) {
    Writer const writer(sender, messages, language, parsed, notice.event);
    subject += (subject.empty() ? "" : " / ") + writer.subject();
    if (city.empty()) city = sender.city.in(language);
    body += (body.empty() ? "" : "\n----\n\n") + writer.body();
  }
  auto const domain = sender.from.substr(sender.from.rfind('@') + 1);
  std::string out;
  add_field(out, "Date", mail_date(notice.created_at));
  add_field(out, "From", fmt::format("{}\r\n <{}>", header_text("From", city), sender.from));
  add_field(out, "To", fmt::format("<{}>", to.address));
  add_field(out, "Subject", header_text("Subject", shortened(subject)));
  add_field(out, "Message-ID", fmt::format("<{}@{}>", notice.key, domain));
  // Programs show the notices of one situation as one conversation.
  if (notice.situation) add_field(out, "References", fmt::format("<situation-{}-{}@{}>", notice.situation.value(), parsed.raised_at, domain));
  add_field(out, "Auto-Submitted", "auto-generated");
  add_field(out, "Madang-Event", name_of(notice.event));
  add_field(out, "MIME-Version", "1.0");
  add_field(out, "Content-Type", "text/plain; charset=utf-8");
  add_field(out, "Content-Transfer-Encoding", "base64");
  return out + "\r\n" + base64_body(body);
}

}  // namespace madang::situations::notices
