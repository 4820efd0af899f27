#include "situations/feed.h"

#include <fmt/format.h>

#include <algorithm>

#include "situations/phrases.h"
#include "situations/xml_text.h"

namespace madang::situations {
namespace {

/// RFC 4151's authorityName: a domain name or an e-mail address.
bool is_authority(std::string_view text) {
  auto const fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '@';
  };
  return !text.empty() && std::ranges::all_of(text, fits) && std::ranges::count(text, '@') <= 1;
}

void write_link(XmlText& xml, char const* relation, char const* type, std::string const& address) {
  xml.open("link").attribute("rel", relation).attribute("type", type).attribute("href", address).close();
}

void write_feed_entry(XmlText& xml, FeedEntry const& entry, FeedNeeds const& needs) {
  auto const& s = *entry.situation;
  auto const& base = needs.publisher.base_address;
  auto const title = headline_text(s.signal, {needs.messages, needs.language});
  auto summary = s.signal.description.in(needs.language);
  auto const& instruction = s.signal.instruction.in(needs.language);
  if (auto const why = end_key(s); !why.empty()) summary = needs.messages.text(needs.language, why) + " " + summary;
  else if (s.ended_at) summary = needs.messages.text(needs.language, "alerts.feed_over", {{"text", summary}});
  else if (!instruction.empty()) summary += (summary.empty() ? "" : " ") + instruction;
  xml.open("entry").element("id", tag_uri(needs.publisher.sender, situation_name(s)));
  xml.element("title", title).element("updated", format_instant(entry.message.sent));
  xml.element("published", format_instant(s.raised_at));
  write_link(xml, "alternate", "text/html", fmt::format("{}/alerts/{}", base, s.id.value()));
  write_link(xml, "alternate", "application/cap+xml",
             fmt::format("{}/alerts/{}-{}.cap", base, s.id.value(), entry.message.version));
  xml.open("category").attribute("term", name_of(s.signal.severity)).attribute("label",
      needs.messages.text(needs.language, severity_key(s.signal.severity))).close();
  xml.element("summary", summary).close();
}

}  // namespace

std::string situation_name(Situation const& s) {
  return fmt::format("situation-{}-{}", s.id.value(), millis_of(s.raised_at));
}

std::string tag_uri(std::string const& sender, std::string_view what) {
  return fmt::format("tag:{},2026:{}", is_authority(sender) ? sender : "madang.invalid", what);
}

std::string atom_feed(std::span<FeedEntry const> entries, FeedNeeds const& needs, Instant now) {
  auto const& base = needs.publisher.base_address;
  auto const city = needs.publisher.city.in(needs.language);
  Instant updated = entries.empty() ? now : Instant::min();
  for (auto const& entry : entries) updated = std::max(updated, entry.message.sent);
  XmlText xml;
  xml.open("feed").attribute("xmlns", "http://www.w3.org/2005/Atom").attribute("xml:lang", needs.language);
  xml.element("id", tag_uri(needs.publisher.sender, "alerts-" + needs.language));
  xml.element("title", needs.messages.text(needs.language, "alerts.title", {{"city", city}}));
  xml.element("updated", format_instant(updated));
  xml.open("author").element("name", city.empty() ? "Madang" : city).close();
  // A relative link to itself says nothing to whoever kept the feed as a file: then there is none (RFC 4287, 4.1.1).
  if (base.contains("://")) write_link(xml, "self", "application/atom+xml", fmt::format("{}/alerts.atom?lang={}", base, needs.language));
  write_link(xml, "alternate", "text/html", fmt::format("{}/alerts?lang={}", base, needs.language));
  for (auto const& entry : entries) write_feed_entry(xml, entry, needs);
  xml.close();
  return xml.take();
}

}  // namespace madang::situations
