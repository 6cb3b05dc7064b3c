using System.Globalization;
using System.Text;
using RespKv.Storage.Tables;

namespace RespKv.Engine.Configuration;

/// <summary>
/// The settings of one server. What a directive is called, which values it takes, its default and its documentation stand in
/// <see cref="DirectiveTable"/> and nowhere else; this class holds the values that the code reads.
///
/// Threads: written while starting, and later by CONFIG SET only, which holds the turn. Read by any thread without a lock: every
/// value is one machine word or one immutable object, so a reader sees the old value or the new one, never a mixture.
/// </summary>
public sealed class ServerConfig
{
    public ServerConfig()
    {
        foreach (Directive directive in DirectiveTable.All)
        {
            directive.Reset(this);
        }

        IsHttpPortWritten = false;
    }

    /// <summary>Raised once per changed directive with its name, after all changes of one CONFIG SET are in place, on the thread that set them.</summary>
    public event Action<string>? Changed;

    // Network.

    /// <summary>TCP port; 0 means no TCP listener.</summary>
    public int Port { get; internal set; }

    /// <summary>Addresses as written: <c>*</c>, <c>::*</c>, literals, each with an optional <c>-</c> in front. Empty means no TCP listener.</summary>
    public IReadOnlyList<string> Bind { get; internal set; } = [];

    /// <summary>Path of the unix socket; empty means none.</summary>
    public string UnixSocket { get; internal set; } = "";

    public int TcpBacklog { get; internal set; }

    public int IoThreads { get; internal set; }

    /// <summary>As written; see <see cref="CpuList"/>.</summary>
    public string ServerCpuList { get; internal set; } = "";

    /// <summary>Seconds without traffic until the kernel probes the peer; 0 means never.</summary>
    public int TcpKeepAliveSeconds { get; internal set; }

    /// <summary>Seconds after which an idle client is cut; 0 means never.</summary>
    public int TimeoutSeconds { get; internal set; }

    // Clients.

    public long MaxClients { get; internal set; }

    /// <summary>The password, empty for none. Compare with <see cref="RequirePassUtf8"/>.</summary>
    public string RequirePass { get; private set; } = "";

    /// <summary>The password's bytes, empty for none.</summary>
    public ReadOnlyMemory<byte> RequirePassUtf8 => _requirePassUtf8;

    public long ProtoMaxBulkBytes { get; internal set; }

    public long ClientQueryBufferBytesMax { get; internal set; }

    public OutputBufferLimits OutputBufferLimits { get; internal set; } = new(new(0, 0, 0), new(0, 0, 0), new(0, 0, 0));

    /// <summary>Keys that clients may have cached; 0 means no bound.</summary>
    public long TrackingTableKeysMax { get; internal set; }

    internal PubSub.KeyspaceEvents NotifyKeyspaceEvents { get; set; }

    public DebugCommandAccess EnableDebugCommand { get; internal set; }

    // Security.

    /// <summary>TCP port for clients that speak TLS; 0 means none.</summary>
    public int TlsPort { get; internal set; }

    public TlsConfig Tls { get; private set; } = new();

    /// <summary>File of users; empty means none.</summary>
    public string AclFile { get; internal set; } = "";

    public AclPubSubDefault AclPubSubDefault { get; internal set; }

    /// <summary>Entries of ACL LOG.</summary>
    public long AclLogMaxLength { get; internal set; }

    /// <summary>The <c>user</c> lines, in their order.</summary>
    internal IReadOnlyList<UserDefinition> Users { get; set; } = [];

    /// <summary>Who may log in, and with which password, is said elsewhere than by requirepass.</summary>
    public bool DefinesUsers => Users.Count > 0 || AclFile.Length > 0;

    /// <summary>The users as they are now, as <c>user</c> lines, for CONFIG REWRITE; null: nobody has told yet, and they are as they were defined.</summary>
    internal IReadOnlyList<string>? DescribedUsers { get; set; }

    /// <summary>The <c>rename-command</c> lines, in their order.</summary>
    internal IReadOnlyList<(string Name, string NewName)> RenamedCommands { get; set; } = [];

    /// <summary>Clients of other machines are turned away as long as nobody needs a password.</summary>
    public bool ProtectedMode { get; internal set; }

    // HTTP.

    /// <summary>TCP port of the HTTP door; 0 means none.</summary>
    public int HttpPort
    {
        get => _httpPort;
        internal set
        {
            _httpPort = value;
            IsHttpPortWritten = true;
        }
    }

    /// <summary>Somebody asked for <see cref="HttpPort"/>: it is not just the default, without which the server starts as well.</summary>
    public bool IsHttpPortWritten { get; private set; }

    /// <summary>Addresses of the HTTP door, as in <see cref="Bind"/>.</summary>
    public IReadOnlyList<string> HttpBind { get; internal set; } = [];

    /// <summary>TCP port of the HTTP door for clients that speak TLS; 0 means none.</summary>
    public int HttpsPort { get; internal set; }

    /// <summary>Whether the HTTP door serves the web console at <c>/</c>.</summary>
    public bool HttpConsole { get; internal set; }

    /// <summary>Connections of the HTTP door.</summary>
    public int HttpMaxClients { get; internal set; }

    /// <summary>Requests of the HTTP door that are in work at a time.</summary>
    public int HttpConcurrency { get; internal set; }

    /// <summary>Requests per second of one address; 0 means no bound.</summary>
    public int HttpRateLimit { get; internal set; }

    /// <summary>Where metrics are sent by OTLP; empty: nowhere.</summary>
    public string OtlpEndpoint { get; internal set; } = "";

    /// <summary>How often, in seconds.</summary>
    public int OtlpIntervalSeconds { get; internal set; }

    /// <summary>Streams of GET /v1/events.</summary>
    public int HttpMaxEventStreams { get; internal set; }

    /// <summary>Seconds that a request may take; 0 means no bound.</summary>
    public int HttpTimeoutSeconds { get; internal set; }

    /// <summary>Bytes of a request's JSON.</summary>
    public long HttpMaxJsonBytes { get; internal set; }

    /// <summary>Bytes of what the engine replies to one request.</summary>
    public long HttpMaxReplyBytes { get; internal set; }

    /// <summary>Names, separated by blanks, under which clients may address the HTTP door; <c>*</c> is any.</summary>
    public string HttpHosts { get; internal set; } = "";

    /// <summary>Origins, separated by blanks, whose scripts may use the HTTP door.</summary>
    public string HttpCorsOrigins { get; internal set; } = "";

    /// <summary>Passwords of other machines are taken without TLS, too.</summary>
    public bool HttpPlainAuth { get; internal set; }

    // Data and durability.

    /// <summary>Absolute path of the data directory.</summary>
    public string Dir { get; private set; } = "";

    /// <summary>The data directory as it was written, for CONFIG REWRITE.</summary>
    internal string DirAsWritten { get; private set; } = "";

    public AppendFsync AppendFsync { get; internal set; }

    /// <summary>Milliseconds between two syncs under <see cref="AppendFsync.EverySec"/>.</summary>
    public int AppendFsyncIntervalMillis { get; internal set; }

    public long WalSegmentBytes { get; internal set; }

    public int Databases { get; internal set; }

    /// <summary>Bytes of log behind the last checkpoint that make the next one due; 0 means never by size.</summary>
    public long CheckpointLogBytes { get; internal set; }

    /// <summary>Seconds after a checkpoint that make the next one due if anything was written; 0 means never by the clock.</summary>
    public int CheckpointIntervalSeconds { get; internal set; }

    /// <summary>Of the blocks of new tables; those that exist stay as they are until they are merged.</summary>
    public TableCompression TableCompression { get; internal set; }

    /// <summary>Whether an orderly stop makes a checkpoint first.</summary>
    public bool CheckpointOnShutdown { get; internal set; }

    // The server itself.

    /// <summary>Runs of the background tasks per second, 1 to 500.</summary>
    public int Hz { get; internal set; }

    public EngineLogLevel LogLevel { get; internal set; }

    /// <summary>Path of the log file; empty means standard output.</summary>
    public string LogFile { get; internal set; } = "";

    /// <summary>Commands that took at least this many microseconds enter the slow log; 0 takes all, negative none.</summary>
    public long SlowLogLogSlowerThanMicros { get; internal set; }

    /// <summary>Entries.</summary>
    public int SlowLogMaxLength { get; internal set; }

    /// <summary>Events of at least this many milliseconds are recorded by LATENCY; 0 records none.</summary>
    public long LatencyMonitorThresholdMillis { get; internal set; }

    // Representation of collections. A value that outgrows a threshold is shown under its general encoding from then on, as in Redis.

    public long HashMaxListpackEntries { get; internal set; }

    /// <summary>Bytes of a field or value.</summary>
    public long HashMaxListpackValueBytes { get; internal set; }

    /// <summary>Positive: elements of a node. -1 to -5: 4, 8, 16, 32, 64 KiB of a node.</summary>
    public int ListMaxListpackSize { get; internal set; }

    public long SetMaxIntsetEntries { get; internal set; }

    public long ZSetMaxListpackEntries { get; internal set; }

    /// <summary>Bytes of a member.</summary>
    public long ZSetMaxListpackValueBytes { get; internal set; }

    /// <summary>Bytes up to which a HyperLogLog is kept in its sparse form.</summary>
    public long HllSparseBytesMax { get; internal set; }

    // Memory.

    /// <summary>Bytes above which keys are evicted or writes refused; 0 is no bound.</summary>
    public long MaxMemoryBytes { get; internal set; }

    public MaxMemoryPolicy MaxMemoryPolicy { get; internal set; }

    /// <summary>Keys among which the best one to evict is chosen.</summary>
    public int MaxMemorySamples { get; internal set; }

    /// <summary>0 to 100: how long a write may evict before it goes on.</summary>
    public int MaxMemoryEvictionTenacity { get; internal set; }

    public int LfuLogFactor { get; internal set; }

    /// <summary>Minutes after which a key's access count goes down by one; 0: never.</summary>
    public int LfuDecayMinutes { get; internal set; }

    /// <summary>1 to 10.</summary>
    public int ActiveExpireEffort { get; internal set; }

    // Observation.

    /// <summary>Whether it is measured how long commands take (INFO latencystats, LATENCY HISTOGRAM).</summary>
    public bool LatencyTracking { get; internal set; }

    /// <summary>Of INFO latencystats, 0 to 100, as written.</summary>
    public string LatencyPercentiles { get; internal set; } = "";

    /// <summary>Pairs of seconds and changes: a checkpoint is due when so many writes were made and the last one is so old.</summary>
    public string SavePoints
    {
        get => _savePoints;
        internal set
        {
            _savePoints = value;
            long[] numbers = [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
            SaveRules = [.. numbers.Chunk(2).Select(pair => (pair[0], pair[1]))];
        }
    }

    /// <summary><see cref="SavePoints"/> as numbers.</summary>
    internal IReadOnlyList<(long Seconds, long Changes)> SaveRules { get; private set; } = [];

    /// <summary>Directives that are kept for those who ask for them, and read by nobody else.</summary>
    internal KeptValues Kept { get; } = new();

    /// <summary>Lists of which a line was read: further lines add to them.</summary>
    internal HashSet<string> WrittenLists { get; } = new(StringComparer.Ordinal);

    // Facts of this process that are no directives.

    /// <summary>Absolute path of the configuration file, null without one. CONFIG REWRITE needs it.</summary>
    public string? ConfigFile { get; internal set; }

    /// <summary>What the operating system's limit of open files allows; maxclients cannot be set above it. Set by the host at start.</summary>
    public long MaxClientsCeiling { get; set; } = long.MaxValue;

    private byte[] _requirePassUtf8 = [];
    private string _savePoints = "";
    private int _httpPort;

    /// <summary>Defaults with some directives set, immutable ones included, as on a command line. For embedding and for tests.</summary>
    /// <exception cref="ConfigException">A name is unknown or a value is not accepted.</exception>
    public static ServerConfig With(params (string Name, string Value)[] settings)
    {
        var config = new ServerConfig();
        foreach ((string name, string value) in settings)
        {
            ConfigLoader.Apply(config, name, [value], ConfigOrigin.None);
        }

        return config;
    }

    /// <summary>The value of one directive as CONFIG GET shows it. The name's case does not matter.</summary>
    public bool TryGet(string name, out string value)
    {
        if (DirectiveTable.TryFind(name, out Directive? directive) && directive.IsValue)
        {
            value = directive.Get(this);
            return true;
        }

        value = "";
        return false;
    }

    /// <summary>
    /// CONFIG GET with one pattern: all directives whose name matches, in the order of conf/respkv.conf. A plain name comes back
    /// spelled as it was asked for, as Redis does.
    /// </summary>
    public IEnumerable<(string Name, string Value)> Match(string globPattern) => Match([globPattern]);

    /// <summary>CONFIG GET with several patterns: each directive comes once.</summary>
    public IEnumerable<(string Name, string Value)> Match(IReadOnlyList<string> globPatterns)
    {
        foreach (Directive directive in DirectiveTable.All.Where(directive => directive.IsValue))
        {
            if (ShownName(directive, directive.Name, globPatterns) is { } name)
            {
                yield return (name, directive.Get(this));
            }

            if (directive.Alias.Length > 0 && ShownName(directive, directive.Alias, globPatterns) is { } alias)
            {
                yield return (alias, directive.Get(this));
            }
        }
    }

    /// <summary>CONFIG SET: checks everything, then applies everything, or applies nothing. The caller holds the turn.</summary>
    public ConfigSetResult Set(IReadOnlyList<(string Name, string Value)> settings) => ConfigSetter.Set(this, settings);

    /// <summary>True for a directive whose value must not appear in a log, the slow log or MONITOR.</summary>
    public static bool IsSecret(string name) => DirectiveTable.TryFind(name, out Directive? directive) && directive.Secret;

    /// <summary>The text that CONFIG REWRITE puts into the configuration file, from the text that stands there now.</summary>
    public string RewriteText(string? existingFile) => ConfigRewriter.Rewrite(this, existingFile ?? "");

    /// <summary>The commented file with every directive and its default: conf/respkv.conf.</summary>
    public static string SampleText() => ConfigSample.Generate();

    /// <summary>The name under which CONFIG GET shows the directive, null when no pattern matches it.</summary>
    private static string? ShownName(Directive directive, string name, IReadOnlyList<string> globPatterns)
    {
        foreach (string pattern in globPatterns)
        {
            if (string.Equals(pattern, name, StringComparison.OrdinalIgnoreCase))
            {
                return pattern;
            }

            if (!directive.Hidden && DirectiveGlob.Matches(pattern, name))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>A configuration of its own with the TLS directives of this one: to try changes on.</summary>
    internal ServerConfig ForTlsOnly() => new() { Tls = Tls.Copy() };

    internal void RaiseChanged(string name) => Changed?.Invoke(name);

    internal void SetRequirePass(string password)
    {
        RequirePass = password;
        _requirePassUtf8 = Encoding.UTF8.GetBytes(password);
    }

    internal void SetDir(string dir)
    {
        DirAsWritten = dir;
        Dir = dir.Length == 0 ? "" : Path.GetFullPath(dir);
    }
}
