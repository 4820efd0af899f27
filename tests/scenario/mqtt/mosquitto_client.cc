#include "mosquitto_client.h"

#include <mosquitto.h>

#include <chrono>

namespace madang::web::mqtt {
namespace {

constexpr std::chrono::seconds kWait{60};

void initialise_library() {
  static int const done = mosquitto_lib_init();
  (void)done;
}

}  // namespace

MosquittoClient::MosquittoClient(Options const& options) {
  initialise_library();
  client_ = mosquitto_new(options.client_id.empty() ? nullptr : options.client_id.c_str(), true, &events_);
  mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, options.version5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_username_pw_set(client_, options.username.c_str(), options.password.c_str());
  mosquitto_reconnect_delay_set(client_, 3600, 3600, false);  // Once lost, it stays away.
  if (!options.will_topic.empty())
    mosquitto_will_set(client_, options.will_topic.c_str(), static_cast<int>(options.will_payload.size()),
                       options.will_payload.data(), 1, false);
  listen();
  mosquitto_connect(client_, "127.0.0.1", options.port, options.keep_alive_seconds);
  mosquitto_loop_start(client_);
}

void MosquittoClient::listen() {
  mosquitto_connect_v5_callback_set(client_, [](auto*, void* p, int code, int, mosquitto_property const*) {
    auto& e = *static_cast<Events*>(p);
    std::scoped_lock const lock(e.mutex);
    e.connects.push_back(code);
    e.changed.notify_all();
  });
  mosquitto_publish_v5_callback_set(client_, [](auto*, void* p, int, int code, mosquitto_property const*) {
    auto& e = *static_cast<Events*>(p);
    std::scoped_lock const lock(e.mutex);
    e.publishes.push_back(code);
    e.changed.notify_all();
  });
  mosquitto_subscribe_callback_set(client_, [](auto*, void* p, int, int, int const* codes) {
    auto& e = *static_cast<Events*>(p);
    std::scoped_lock const lock(e.mutex);
    e.subscribes.push_back(codes[0]);
    e.changed.notify_all();
  });
  mosquitto_disconnect_v5_callback_set(client_, [](auto*, void* p, int code, mosquitto_property const*) {
    auto& e = *static_cast<Events*>(p);
    std::scoped_lock const lock(e.mutex);
    e.disconnects.push_back(code);
    e.changed.notify_all();
  });
  mosquitto_message_callback_set(client_, [](auto*, void* p, mosquitto_message const* m) {
    auto& e = *static_cast<Events*>(p);
    std::scoped_lock const lock(e.mutex);
    e.messages.emplace_back(static_cast<char const*>(m->payload), static_cast<std::size_t>(m->payloadlen));
    e.changed.notify_all();
  });
}

MosquittoClient::~MosquittoClient() {
  mosquitto_disconnect(client_);
  mosquitto_loop_stop(client_, true);
  mosquitto_destroy(client_);
}

void MosquittoClient::publish(std::string const& topic, std::string const& payload, int qos, bool retain) {
  mosquitto_publish(client_, nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(), qos, retain);
}

void MosquittoClient::subscribe(std::string const& filter, int qos) {
  mosquitto_subscribe(client_, nullptr, filter.c_str(), qos);
}

int MosquittoClient::first(std::vector<int> Events::*list) {
  std::unique_lock lock(events_.mutex);
  events_.changed.wait_for(lock, kWait, [&] { return !(events_.*list).empty(); });
  return (events_.*list).empty() ? -1 : (events_.*list).front();
}

int MosquittoClient::next(std::vector<int> Events::*list, std::size_t Events::*seen) {
  std::unique_lock lock(events_.mutex);
  auto const at = (events_.*seen)++;
  events_.changed.wait_for(lock, kWait, [&] { return (events_.*list).size() > at; });
  return (events_.*list).size() > at ? (events_.*list)[at] : -1;
}

int MosquittoClient::connected() { return first(&Events::connects); }
int MosquittoClient::disconnected() { return first(&Events::disconnects); }
int MosquittoClient::published() { return next(&Events::publishes, &Events::publishes_seen); }
int MosquittoClient::subscribed() { return next(&Events::subscribes, &Events::subscribes_seen); }

std::string MosquittoClient::message() {
  std::unique_lock lock(events_.mutex);
  auto const at = events_.messages_seen++;
  events_.changed.wait_for(lock, kWait, [&] { return events_.messages.size() > at; });
  return events_.messages.size() > at ? events_.messages[at] : "(no message came)";
}

std::size_t MosquittoClient::published_count() {
  std::scoped_lock const lock(events_.mutex);
  return events_.publishes.size();
}

}  // namespace madang::web::mqtt
