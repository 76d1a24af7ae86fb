import com.symphony.bdk.core.SymphonyBdk;
import com.symphony.bdk.core.activity.ActivityMatcher;
import com.symphony.bdk.core.activity.command.SlashCommand;
import com.symphony.bdk.core.activity.form.FormReplyActivity;
import com.symphony.bdk.core.activity.form.FormReplyContext;
import com.symphony.bdk.core.activity.model.ActivityInfo;
import com.symphony.bdk.core.config.BdkConfigLoader;
import com.symphony.bdk.core.service.datafeed.RealTimeEventListener;
import com.symphony.bdk.core.service.message.model.Message;
import com.symphony.bdk.core.service.presence.constant.PresenceStatus;
import com.symphony.bdk.ext.group.SymphonyGroupBdkExtension;
import com.symphony.bdk.ext.group.SymphonyGroupService;
import com.symphony.bdk.ext.group.gen.api.model.ReadGroup;
import com.symphony.bdk.ext.group.gen.api.model.SortOrder;
import com.symphony.bdk.ext.group.gen.api.model.Status;
import com.symphony.bdk.gen.api.model.*;
import com.symphony.bdk.http.api.ApiRuntimeException;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An ordinary bot written with the vendor's Java kit. It does what bots do and says how each of it went. */
public final class Bot {
  private static final Set<String> EXPECTED = Set.of("ping", "message-sent", "form", "form-values", "event-im-created",
      "event-room-created", "event-room-updated", "event-user-joined", "event-promoted", "event-demoted",
      "event-user-left", "event-room-deactivated", "event-room-reactivated", "good-night");

  private static final String FORM = "<form id=\"colour\"><text-field name=\"name\" label=\"Colour\"/>"
      + "<checkbox name=\"dark\" value=\"yes\">Dark</checkbox><person-selector name=\"people\" label=\"People\"/>"
      + "<button name=\"pick\" type=\"action\">Pick</button></form>";

  private final SymphonyBdk bdk;
  private final Set<String> missing = new ConcurrentSkipListSet<>(EXPECTED);
  private final CountDownLatch greeted = new CountDownLatch(1);
  private final CountDownLatch heardAll = new CountDownLatch(1);
  private volatile boolean failed;
  private UserV2 alice;
  private UserV2 bob;

  private Bot(SymphonyBdk bdk) {
    this.bdk = bdk;
  }

  public static void main(String[] args) throws Exception {
    System.out.println("using symphony-bdk-java " + SymphonyBdk.class.getPackage().getImplementationVersion());
    Bot bot = new Bot(new SymphonyBdk(BdkConfigLoader.loadFromFile(args[0])));
    bot.run();
    System.exit(bot.failed ? 1 : 0);
  }

  private void run() throws Exception {
    check("login", bdk.botInfo().getUsername().equals("roombot"), bdk.botInfo());
    check("health", bdk.health().healthCheck().getStatus() == V3HealthStatus.UP, "");
    check("presence", bdk.presences().setPresence(PresenceStatus.BUSY, false).getCategory().equals("BUSY"), "");
    bdk.extensions().register(SymphonyGroupBdkExtension.class);
    users();
    listen();
    Thread feed = new Thread(this::feed, "datafeed");
    feed.setDaemon(true);
    feed.start();
    check("greeted", greeted.await(40, TimeUnit.SECONDS), ""); // what happens without a datafeed is not heard
    check("im-create", !bdk.streams().create(bob.getId()).getId().isEmpty(), "");
    rooms();
    if (!heardAll.await(40, TimeUnit.SECONDS)) {
      check("datafeed", false, "not heard: " + missing);
    }
  }

  private void feed() {
    try {
      bdk.datafeed().start();
    } catch (Exception e) {
      check("datafeed", false, e);
      heardAll.countDown();
    }
  }

  private synchronized void check(String name, boolean passed, Object seen) {
    System.out.println((passed ? "ok " : "FAILED ") + name + (passed ? "" : " " + seen));
    failed |= !passed;
  }

  private synchronized void heard(String name, boolean passed, Object seen) {
    if (missing.contains(name)) {
      check(name, passed, seen);
      missing.remove(name);
    }
    if (missing.isEmpty()) {
      heardAll.countDown();
    }
  }

  private void users() {
    alice = bdk.users().listUsersByUsernames(List.of("alice")).get(0);
    bob = bdk.users().listUsersByUsernames(List.of("bob")).get(0);
    check("users-by-username", alice.getDisplayName().equals("Alice Martin"), alice);
    List<UserV2> found = bdk.users().listUsersByEmails(List.of(alice.getEmailAddress(), bob.getEmailAddress()));
    check("users-by-email", ids(found).equals(Set.of(alice.getId(), bob.getId())), found);
    found = bdk.users().listUsersByIds(List.of(alice.getId()));
    check("users-by-id", ids(found).equals(Set.of(alice.getId())), found);
    found = bdk.users().searchUsers(new UserSearchQuery().query("Alice"), true);
    check("users-search", ids(found).contains(alice.getId()), found);
  }

  private static Set<Long> ids(List<UserV2> users) {
    return users.stream().map(UserV2::getId).collect(Collectors.toSet());
  }

  private void rooms() {
    V3RoomDetail room = bdk.streams().create(new V3RoomAttributes().name("Kit room").description("made by a kit")
        ._public(false).discoverable(true).membersCanInvite(true).viewHistory(true));
    String sid = room.getRoomSystemInfo().getId();
    check("room-create", room.getRoomAttributes().getName().equals("Kit room"), room);
    refused("room-name-taken", () ->
        bdk.streams().create(new V3RoomAttributes().name("KIT ROOM").description("again")));
    bdk.streams().addMemberToRoom(alice.getId(), sid);
    bdk.streams().addMemberToRoom(bob.getId(), sid);
    Set<Long> members = members(sid);
    check("room-members", members.size() == 3 && members.containsAll(Set.of(alice.getId(), bob.getId())), members);
    List<String> found = bdk.streams().searchAllRooms(new V2RoomSearchCriteria().query("Kit room"))
        .map(r -> r.getRoomAttributes().getName()).collect(Collectors.toList());
    check("room-search", found.equals(List.of("Kit room")), found);
    bdk.streams().promoteUserToRoomOwner(alice.getId(), sid);
    bdk.streams().demoteUserToRoomParticipant(alice.getId(), sid);
    bdk.streams().removeMemberFromRoom(bob.getId(), sid);
    check("room-owners", !members(sid).contains(bob.getId()), "");
    room = bdk.streams().updateRoom(sid, new V3RoomAttributes().name("Kit room 2").description("changed"));
    check("room-update", room.getRoomAttributes().getDescription().equals("changed"), room);
    check("room-info", bdk.streams().getRoomInfo(sid).getRoomAttributes().getName().equals("Kit room 2"), "");
    check("stream-info", bdk.streams().getStream(sid).getStreamType().getType().equals("ROOM"), "");
    check("streams-list", bdk.streams().listAllStreams(new StreamFilter()).anyMatch(s -> s.getId().equals(sid)), "");
    messages(sid);
    groups(sid);
    check("room-deactivate", !bdk.streams().setRoomActive(sid, false).getRoomSystemInfo().getActive(), "");
    check("room-reactivate", bdk.streams().setRoomActive(sid, true).getRoomSystemInfo().getActive(), "");
  }

  private Set<Long> members(String sid) {
    return bdk.streams().listRoomMembers(sid).stream().map(MemberInfo::getId).collect(Collectors.toSet());
  }

  private void messages(String sid) {
    String mention = "<mention uid=\"" + alice.getId() + "\"/>";
    V4Message sent = bdk.messages().send(sid, "<messageML>Hello " + mention + "</messageML>");
    boolean mentioned = sent.getMessage().contains("@Alice Martin") && sent.getData().contains("" + alice.getId());
    check("message-send", mentioned, sent);
    String byEmail = "<messageML>Bye <mention email=\"" + alice.getEmailAddress() + "\"/></messageML>";
    V4Message changed = bdk.messages().update(sent, Message.builder().content(byEmail).build());
    check("message-update", sent.getMessageId().equals(changed.getReplacing()), changed);
    check("message-get", bdk.messages().getMessage(changed.getMessageId()).getMessage().contains("Bye"), "");
    List<V4Message> listed = bdk.messages().listMessages(sid, Instant.EPOCH);
    check("message-list", listed.stream().anyMatch(m -> m.getMessageId().equals(changed.getMessageId())), listed);
    byte[] bytes = "some bytes".getBytes(StandardCharsets.UTF_8);
    V4Message file = bdk.messages().send(sid, Message.builder().content("<messageML>a file</messageML>")
        .addAttachment(new ByteArrayInputStream(bytes), "notes.txt").build());
    byte[] got = bdk.messages().getAttachment(sid, file.getMessageId(), file.getAttachments().get(0).getId());
    check("message-attachment", Arrays.equals(bytes, Base64.getDecoder().decode(got)), file);
    refused("message-refused", () -> bdk.messages().send(sid, "<messageML><blink>no</blink></messageML>"));
    Message templated = Message.builder().content("<messageML>" + bdk.messages().templates()
        .newTemplateFromString("Dear ${name}").process(Map.of("name", "all")) + "</messageML>").build();
    check("message-template", bdk.messages().send(sid, templated).getMessage().contains("Dear all"), templated);
  }

  private void groups(String sid) {
    SymphonyGroupService service = bdk.extensions().service(SymphonyGroupBdkExtension.class);
    Map<String, ReadGroup> byName = service.listAllGroups(Status.ACTIVE, SortOrder.ASC, 2, 100)
        .collect(Collectors.toMap(ReadGroup::getName, g -> g));
    check("groups-list", byName.keySet().containsAll(Set.of("Test Group", "Equities Sales", "Research")), byName);
    ReadGroup group = service.getGroup(byName.get("Test Group").getId());
    check("group-get", group.getMembers().size() == 3, group);
    bdk.streams().addMemberToRoom(Long.valueOf(group.getProfile().getId()), sid);
    check("group-add-to-room", members(sid).size() >= 4, members(sid));
  }

  private void refused(String name, Runnable call) {
    try {
      call.run();
      check(name, false, "was allowed");
    } catch (ApiRuntimeException refusal) {
      check(name, refusal.getCode() == 400, refusal);
    }
  }

  private void listen() {
    bdk.activities().register(SlashCommand.slash("/ping", context -> {
      bdk.messages().send(context.getStreamId(), "<messageML>pong</messageML>");
      heard("ping", context.getInitiator().getUser().getUserId().equals(alice.getId()), context);
    }));
    bdk.activities().register(SlashCommand.slash("/missing", false, context -> {
      String text = "missing: " + String.join(" ", missing);
      bdk.messages().send(context.getStreamId(), "<messageML>" + text + "</messageML>");
    }));
    bdk.activities().register(SlashCommand.slash("/colour", false, context ->
        bdk.messages().send(context.getStreamId(), "<messageML>" + FORM + "</messageML>")));
    bdk.activities().register(new Colour());
    bdk.datafeed().subscribe(new Others());
    bdk.datafeed().subscribe(new Own());
  }

  private final class Colour extends FormReplyActivity<FormReplyContext> {
    @Override
    public ActivityMatcher<FormReplyContext> matcher() {
      return context -> context.getFormId().equals("colour");
    }

    @Override
    protected ActivityInfo info() {
      return new ActivityInfo().name("colour");
    }

    @Override
    public void onActivity(FormReplyContext context) {
      bdk.messages().send(context.getStreamId(), "<messageML>You like Teal</messageML>");
      var values = context.getFormValues();
      heard("form", "pick".equals(context.getFormValue("action")), values);
      boolean people = values.path("people").path(0).asLong() == alice.getId();
      heard("form-values", people && "Teal".equals(context.getFormValue("name"))
          && "yes".equals(context.getFormValue("dark")), values);
    }
  }

  private final class Others implements RealTimeEventListener {
    @Override
    public void onMessageSent(V4Initiator initiator, V4MessageSent event) {
      V4Message message = event.getMessage();
      if (message.getMessage().contains("good morning")) {
        greeted.countDown();
        boolean byAlice = message.getUser().getUserId().equals(alice.getId());
        heard("message-sent", byAlice && "IM".equals(message.getStream().getStreamType()), message);
      }
      if (message.getMessage().contains("good night")) {
        heard("good-night", true, message);
      }
    }
  }

  /** Hears what the bot itself has done, which the kit keeps from its listeners otherwise. */
  private final class Own implements RealTimeEventListener {
    @Override
    public boolean isAcceptingEvent(V4Event event, UserV2 bot) {
      return event.getInitiator().getUser().getUserId().equals(bot.getId());
    }

    @Override
    public void onInstantMessageCreated(V4Initiator initiator, V4InstantMessageCreated event) {
      heard("event-im-created", "IM".equals(event.getStream().getStreamType()), event);
    }

    @Override
    public void onRoomCreated(V4Initiator initiator, V4RoomCreated event) {
      heard("event-room-created", event.getRoomProperties().getName().startsWith("Kit room"), event);
    }

    @Override
    public void onRoomUpdated(V4Initiator initiator, V4RoomUpdated event) {
      heard("event-room-updated", event.getNewRoomProperties().getDescription().equals("changed"), event);
    }

    @Override
    public void onUserJoinedRoom(V4Initiator initiator, V4UserJoinedRoom event) {
      if (event.getAffectedUser().getUserId().equals(alice.getId())) {
        heard("event-user-joined", "ROOM".equals(event.getStream().getStreamType()), event);
      }
    }

    @Override
    public void onRoomMemberPromotedToOwner(V4Initiator initiator, V4RoomMemberPromotedToOwner event) {
      heard("event-promoted", event.getAffectedUser().getUserId().equals(alice.getId()), event);
    }

    @Override
    public void onRoomMemberDemotedFromOwner(V4Initiator initiator, V4RoomMemberDemotedFromOwner event) {
      heard("event-demoted", event.getAffectedUser().getUserId().equals(alice.getId()), event);
    }

    @Override
    public void onUserLeftRoom(V4Initiator initiator, V4UserLeftRoom event) {
      heard("event-user-left", event.getAffectedUser().getUserId().equals(bob.getId()), event);
    }

    @Override
    public void onRoomDeactivated(V4Initiator initiator, V4RoomDeactivated event) {
      heard("event-room-deactivated", "ROOM".equals(event.getStream().getStreamType()), event);
    }

    @Override
    public void onRoomReactivated(V4Initiator initiator, V4RoomReactivated event) {
      heard("event-room-reactivated", "ROOM".equals(event.getStream().getStreamType()), event);
    }
  }
}
