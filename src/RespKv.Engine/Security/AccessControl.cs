using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Connection;
using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.Storage.Files;

namespace RespKv.Engine.Security;

/// <summary>
/// The users, and whether a client may run a command. Guarded by the turn, but <see cref="NeedsAuthentication"/> and <see cref="DefaultNeedsNoPassword"/>.
///
/// Invariants:
/// - There is always a default user, and it is always the same object: who connects is it.
/// - A user's rules change all at once or not at all, and hold for its connected clients from their next command on.
/// </summary>
internal sealed class AccessControl
{
    public const string DefaultUserName = "default";

    public const string UsersInTwoPlaces = "users are defined in the configuration and in an aclfile: define them in one of the two";

    private readonly RespEngine _engine;
    private readonly AclCatalog _catalog;
    private SortedDictionary<string, AclUser> _users = new(StringComparer.Ordinal);
    private volatile bool _defaultAdmitsAnyone;
    private volatile bool _defaultNeedsNoPassword;

    /// <exception cref="ConfigException">A user of the configuration, or the ACL file, cannot be used.</exception>
    public AccessControl(RespEngine engine)
    {
        _engine = engine;
        _catalog = new AclCatalog(engine.Commands);
        Default = NewDefaultUser();
        _users.Add(DefaultUserName, Default);
        if (engine.Config.RequirePass.Length > 0)
        {
            SetDefaultPassword(engine.Config.RequirePass);
        }

        NoteDefault();
        LoadAtStart(engine.Config);
        engine.Config.Changed += OnConfigChanged;
    }

    /// <summary>Whom clients are before they say who they are.</summary>
    public AclUser Default { get; }

    public AclLog Log { get; } = new();

    public AclCatalog Catalog => _catalog;

    /// <summary>Ascending by name.</summary>
    public IReadOnlyCollection<AclUser> Users => _users.Values;

    private bool NewSelectorsAllowChannels => _engine.Config.AclPubSubDefault == AclPubSubDefault.AllChannels;

    public AclUser? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>For protected-mode. Any thread.</summary>
    public bool DefaultNeedsNoPassword => _defaultNeedsNoPassword;

    /// <summary>Whether the client has to give a password before anything else. Any thread.</summary>
    public bool NeedsAuthentication(Session session) => !session.IsAuthenticated && !_defaultAdmitsAnyone;

    /// <summary>Authenticates the client, or leaves it as it was and notes that it has tried (false).</summary>
    /// <param name="session">The client.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The password.</param>
    /// <param name="command">The command that does it, as the client has spelled it.</param>
    /// <param name="nowMillis">The turn's time.</param>
    public bool TryAuthenticate(Session session, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password, ReadOnlySpan<byte> command, long nowMillis)
    {
        // An unknown user takes as long as a wrong password: what the time tells must not be who exists.
        AclUser? user = Find(AclText.Of(name));
        bool matches = (user ?? Default).Takes(password);
        if (user is { IsOn: true } && matches)
        {
            session.User = user;
            session.IsAuthenticated = true;
            return true;
        }

        AclContext context = session.Block is null ? AclContext.TopLevel : AclContext.Transaction;
        Note(session, AclDenial.Authentication, context, AclText.Of(command), AclText.Of(name), nowMillis);
        return false;
    }

    /// <summary>Whether the client may run the command, in a word. Refusals are noted in the log.</summary>
    /// <param name="session">The client.</param>
    /// <param name="entry">The command.</param>
    /// <param name="args">The request, with a number of arguments that the command takes.</param>
    /// <param name="context">Where it is asked.</param>
    /// <param name="nowMillis">The turn's time.</param>
    public AclDenial Check(Session session, CommandEntry entry, RequestArgs args, AclContext context, long nowMillis)
    {
        AclDenial denial = Check(session.User, entry, args, out int position);
        if (denial != AclDenial.None)
        {
            string what = denial == AclDenial.Command ? entry.Name : AclText.Of(args[position]);
            Note(session, denial, context, what, session.User.Name, nowMillis);
        }

        return denial;
    }

    /// <summary>Whether a user may run a command; if not, where the key or channel stands that it must not use.</summary>
    public static AclDenial Check(AclUser user, CommandEntry entry, RequestArgs args, out int position)
    {
        AclDenial told = AclDenial.Command;
        position = 0;
        int at = 0;
        List<FoundKey>? keys = null;
        foreach (AclSelector selector in user.Selectors)
        {
            AclDenial denial = selector.Check(entry, args, ref keys, ref at);
            if (denial == AclDenial.None)
            {
                return denial;
            }

            // Of several selectors the one is told that came furthest.
            if (denial > told || (denial == told && at > position))
            {
                told = denial;
                position = at;
            }
        }

        return told;
    }

    /// <summary>Whether the client may run the command and read every key besides: for a command that makes keys out of data (SORT).</summary>
    public static bool MayReadAllKeys(Session session, CommandEntry entry, RequestArgs args)
    {
        if (session.User.IsUnrestricted)
        {
            return true;
        }

        List<FoundKey>? keys = null;
        int position = 0;
        foreach (AclSelector selector in session.User.Selectors)
        {
            if (selector.ReadsAllKeys() && selector.Check(entry, args, ref keys, ref position) == AclDenial.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// ACL SETUSER. Null: done; otherwise what is wrong, and nothing was changed. Clients are cut that listen to channels which they must not any more.
    /// </summary>
    public string? SetUser(string name, IReadOnlyList<string> words, Session? asking = null)
    {
        if (AclRules.MergeSelectors(words, out List<string> rules) is { } open)
        {
            return $"Unmatched parenthesis in acl selector starting at '{AclText.ToUnicode(open)}'.";
        }

        AclUser? user = Find(name);
        AclUser changed = user?.Copy() ?? NewUser(name);
        foreach (string rule in rules)
        {
            if (AclRules.Apply(changed, rule, _catalog, NewSelectorsAllowChannels) is { } error)
            {
                return $"Error in ACL SETUSER modifier '{AclText.ToUnicode(rule)}': {error}";
            }
        }

        if (user is null)
        {
            user = NewUser(name);
            _users.Add(name, user);
        }

        user.CopyFrom(changed);
        CutSubscribers(user, asking);
        NoteDefault();
        return null;
    }

    /// <summary>Removes a user, and cuts its clients. The one who asks gets its reply first. False: there is none of that name.</summary>
    public bool Delete(string name, Session asking)
    {
        if (!_users.Remove(name, out AclUser? user))
        {
            return false;
        }

        Cut(user, asking);
        return true;
    }

    /// <summary>
    /// Replaces all users by those of an ACL file, or leaves everything as it is and says why (not null). Clients are cut whose user was replaced,
    /// which is every user but the default one.
    /// </summary>
    public string? Load(AclFile file, Session? asking)
    {
        string? errors = file.Parse(NewUser, _catalog, NewSelectorsAllowChannels, out SortedDictionary<string, AclUser> users);
        if (errors is not null)
        {
            return errors + "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";
        }

        Default.CopyFrom(users.GetValueOrDefault(DefaultUserName) ?? NewDefaultUser());
        users[DefaultUserName] = Default;
        SortedDictionary<string, AclUser> old = _users;
        _users = users;
        NoteDefault();
        foreach (AclUser user in old.Values)
        {
            if (!ReferenceEquals(user, Default))
            {
                Cut(user, asking);
            }
        }

        return null;
    }

    /// <summary>The users as lines: of an ACL file, of CONFIG REWRITE.</summary>
    public IEnumerable<string> Describe() => _users.Values.Select(user => $"user {user.Name} {user.Describe()}");

    private static string TextOf(Session session, long nowMillis)
    {
        var text = new StringBuilder();
        ClientLine.Append(text, session, nowMillis);
        return text.ToString().TrimEnd('\n');
    }

    private AclUser NewUser(string name) => new(name, _catalog, NewSelectorsAllowChannels);

    private AclUser NewDefaultUser()
    {
        AclUser user = NewUser(DefaultUserName);
        foreach (string rule in (string[])["+@all", "~*", "&*", "on", "nopass"])
        {
            AclRules.Apply(user, rule, _catalog, allChannels: true);
        }

        user.Seal();
        return user;
    }

    private void Note(Session session, AclDenial reason, AclContext context, string what, string user, long nowMillis)
        => Log.Add(reason, context, what, user, TextOf(session, nowMillis), nowMillis, _engine.Config.AclLogMaxLength);

    private void NoteDefault()
    {
        _defaultAdmitsAnyone = Default.AdmitsAnyone;
        _defaultNeedsNoPassword = Default.NeedsNoPassword;
    }

    private void OnConfigChanged(string directive)
    {
        if (directive == "requirepass")
        {
            SetDefaultPassword(_engine.Config.RequirePass);
        }
    }

    /// <summary>Directive requirepass: the default user's only password; empty: none is needed.</summary>
    private void SetDefaultPassword(string password)
    {
        AclUser changed = Default.Copy();
        AclRules.Apply(changed, "resetpass", _catalog, allChannels: false);
        AclRules.Apply(changed, password.Length > 0 ? ">" + AclText.FromUnicode(password) : "nopass", _catalog, allChannels: false);
        Default.CopyFrom(changed);
        NoteDefault();
    }

    private void LoadAtStart(ServerConfig config)
    {
        if (config.AclFile.Length > 0 && config.Users.Count > 0)
        {
            throw new ConfigException(UsersInTwoPlaces);
        }

        foreach (UserDefinition definition in config.Users)
        {
            LoadAtStart(definition);
        }

        if (config.AclFile.Length > 0)
        {
            string? error;
            try
            {
                error = Load(AclFile.Read(_engine.Files, config.AclFile), asking: null);
            }
            catch (IOException e)
            {
                error = $"Error loading ACLs, opening file '{config.AclFile}': {e.Message}";
            }

            if (error is not null)
            {
                throw new ConfigException($"aclfile: {error}");
            }
        }
    }

    private void LoadAtStart(UserDefinition definition)
    {
        AclUser user = NewUser(definition.Name);
        foreach (string rule in definition.Rules)
        {
            if (AclRules.Apply(user, rule, _catalog, NewSelectorsAllowChannels) is { } error)
            {
                // A name may be told, anything else may be a password.
                string shown = AclRules.IsUnknownName(error) ? $" '{AclText.ToUnicode(rule)}'" : "";
                throw new ConfigException($"user {user.ShownName}: {error}{shown}");
            }
        }

        if (!user.IsOn)
        {
            _engine.Log.Write(EngineLogLevel.Notice, $"The user '{user.ShownName}' is disabled (there is no 'on' in its rules). Make sure this is not a configuration error.");
        }

        if (!_users.TryGetValue(user.Name, out AclUser? existing))
        {
            existing = NewUser(user.Name);
            _users.Add(user.Name, existing);
        }

        existing.CopyFrom(user);
        NoteDefault();
    }

    private void Cut(AclUser user, Session? asking)
    {
        foreach (Session session in _engine.Clients.All)
        {
            if (ReferenceEquals(session.User, user))
            {
                Cut(session, asking, "its user was removed");
            }
        }
    }

    /// <summary>Cuts clients of the user that listen to what it must not listen to any more.</summary>
    private void CutSubscribers(AclUser user, Session? asking)
    {
        if (user.Selectors.Exists(selector => selector.AllChannels))
        {
            return;
        }

        List<string> allowed = [.. user.Selectors.SelectMany(selector => selector.Channels)];
        foreach (Session session in _engine.Clients.All)
        {
            if (ReferenceEquals(session.User, user)
                && ((session.Subscriptions is { } subscriptions && !Allow(allowed, subscriptions))
                    || (session.EventFilter is { } filter && !_engine.EventStreams.Allows(user, filter))))
            {
                Cut(session, asking, "its user may not listen any more");
            }
        }
    }

    private static bool Allow(List<string> patterns, Subscriptions subscriptions)
        => subscriptions.Of(ChannelKind.Pattern).All(channel => AclSelector.AllowsChannel(patterns, channel.Name, isPattern: true))
            && subscriptions.Of(ChannelKind.Channel).All(channel => AclSelector.AllowsChannel(patterns, channel.Name, isPattern: false))
            && subscriptions.Of(ChannelKind.Shard).All(channel => AclSelector.AllowsChannel(patterns, channel.Name, isPattern: false));

    private void Cut(Session session, Session? asking, string reason)
    {
        if (ReferenceEquals(session, asking))
        {
            // Its own reply still has to leave. Until then the rules of its user, gone or not, hold for it.
            session.CloseAfterReplies = true;
        }
        else
        {
            session.IsClosed = true;
            _engine.PubSub.Forget(session);
            session.Transport.Abort(reason);
        }
    }
}
