// madang subscribers add|list|remove|test.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "runtime/shipped.h"
#include "situations/commands/subscriber_commands.h"

namespace madang::situations {
namespace {

using Command = int (*)(SubscriberOptions const&);

CLI::App* add_command(CLI::App& parent, modules::Invocation& call, Settings const& own, std::string const& name, std::string const& sentence, Command command,
                      std::shared_ptr<SubscriberOptions> const& options) {
  auto* sub = parent.add_subcommand(name, sentence);
  call.on_data<SubscriberOptions>(*sub, options, [&own, command](SubscriberOptions const& given) {
    auto filled = given;
    filled.subscribing = own.subscribing();
    return command(filled);
  });
  return sub;
}

void add_filter(CLI::App& sub, SubscriberOptions& o) {
  sub.add_option("address", o.address, "An e-mail address, or the http(s) URL of a webhook")->required();
  sub.add_option("--name", o.name, "What operators call it; none: the address");
  sub.add_option("--language", o.language, fmt::format("Of e-mails: {}; none: all in one mail", fmt::join(runtime::shipped_messages().languages(), ", ")));
  sub.add_option("--severity", o.severity, "At least: notice, caution, serious or critical")->capture_default_str();
  sub.add_option("--kind", o.kinds, "Only such situations; may be repeated; none: all");
  sub.add_option("--area", o.areas, "Code of an area, with all inside it; may be repeated; none: all");
  sub.add_flag("--internal", o.internal, "Also situations that are not public, with internals");
  sub.footer("Examples:\n  madang subscribers add --data city duty@city.example --severity serious --internal\n"
             "  madang subscribers add --data city https://hooks.city.example/madang --area 11440");
}

}  // namespace

void add_subscribers(CLI::App& app, modules::Invocation& call, Settings const& settings) {
  auto* subscribers = app.add_subcommand("subscribers", "Who is told of situations by e-mail or webhook");
  subscribers->require_subcommand(1);
  auto const options = std::make_shared<SubscriberOptions>();
  add_filter(*add_command(*subscribers, call, settings, "add", "Enter one; a webhook's secret is the last word printed", add_subscriber, options),
             *options);
  add_command(*subscribers, call, settings, "list", "All, with what they are owed and what was lost", list_subscribers, options);
  auto* remove = add_command(*subscribers, call, settings, "remove", "Send nothing more to one", remove_subscriber, options);
  remove->add_option("id", options->id, "Its number in the list")->required();
  auto* test = add_command(*subscribers, call, settings, "test", "Owe one a test and wait until a running server delivers it",
                           test_subscriber, options);
  test->add_option("id", options->id, "Its number in the list")->required();
  test->add_option("--wait", options->wait_s, "Seconds")->capture_default_str()->check(CLI::Range(1, 600));
}

}  // namespace madang::situations
