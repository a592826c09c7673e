# SPDX-License-Identifier: Apache-2.0
# rdpesc-host, the small headless RDP server. Included by channel-client/CMakeLists.txt.

add_executable(rdpesc-host
  host_address.c
  host_certificate.c
  host_command.c
  host_frame.c
  host_listener.c
  host_log.c
  host_main.c
  host_options.c
  host_peer.c
  host_report.c
  host_report_show.c
  host_run.c
  host_runtime.c
  host_self_signed.c
  host_status.c
  transport_queue.c
  transport_wts.c)
target_compile_definitions(rdpesc-host PRIVATE RDPESC_VERSION="${PROJECT_VERSION}")
target_link_libraries(rdpesc-host PRIVATE
  rdpesc_session
  PkgConfig::FREERDP_SERVER
  PkgConfig::FREERDP
  PkgConfig::WINPR
  PkgConfig::UV
  PkgConfig::JANSSON
  PkgConfig::CRYPTO
  Threads::Threads)
install(TARGETS rdpesc-host RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
