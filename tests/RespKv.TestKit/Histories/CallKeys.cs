using RespKv.TestKit.Model;

namespace RespKv.TestKit.Histories;

/// <summary>
/// Which keys each call of one client may show or change. The commands of a MULTI block belong together with what was watched for
/// it: all of them get all of its keys.
/// </summary>
internal sealed class CallKeys
{
    private readonly int _databases;
    private readonly List<int> _block = [];
    private readonly List<string> _watched = [];
    private int _database;
    private int _databaseInBlock;
    private bool _inBlock;

    private CallKeys(int calls, int databases)
    {
        Names = new IReadOnlyList<string>?[calls];
        _databases = databases;
    }

    /// <summary>For each call the "db/key" names; null for the whole keyspace, empty for none.</summary>
    public IReadOnlyList<string>?[] Names { get; }

    /// <summary>For an EXEC whose block has changed the client's database: to which one. That concerns the client's later calls, whatever their keys.</summary>
    public Dictionary<int, int> Selected { get; } = [];

    public static CallKeys Of(IReadOnlyList<HistoryEntry> calls, int databases)
    {
        var keys = new CallKeys(calls.Count, databases);
        for (int i = 0; i < calls.Count; i++)
        {
            keys.Add(i, calls[i]);
        }

        // A block that was never ended: nothing of it took effect, but it stays in one piece.
        keys.EndBlock(tookEffect: false);
        return keys;
    }

    private void Add(int index, HistoryEntry call)
    {
        ModelCommand command = ModelCommand.Of(call.Command);
        Names[index] = command.KeyNames(call.Command, _inBlock ? _databaseInBlock : _database, _databases);
        if (_inBlock)
        {
            _block.Add(index);
        }

        switch (command.Name)
        {
            case "MULTI" when !_inBlock:
                _inBlock = true;
                _databaseInBlock = _database;
                _block.Add(index);
                break;
            case "EXEC" or "DISCARD" when _inBlock:
                bool tookEffect = command.Name == "EXEC" && call.Reply is not { IsError: true } and not { IsNull: true };
                if (tookEffect && _databaseInBlock != _database)
                {
                    Selected[index] = _databaseInBlock;
                }

                EndBlock(tookEffect);
                break;
            case "WATCH" when !_inBlock:
                _watched.AddRange(Names[index]!);
                _block.Add(index);
                break;
            case "UNWATCH" when !_inBlock:
                _block.Add(index);
                break;
            case "SELECT" when call.Reply is not { IsError: true } && Index(call.Command) is { } database:
                _database = _inBlock ? _database : database;
                _databaseInBlock = database;
                break;
            default:
                break;
        }
    }

    private int? Index(IReadOnlyList<string> select)
        => select.Count == 2 && ModelCall.TryInteger(select[1], out long database) && database >= 0 && database < _databases ? (int)database : null;

    private void EndBlock(bool tookEffect)
    {
        bool whole = _block.Exists(index => Names[index] is null);
        IReadOnlyList<string>? all = whole ? null : [.. _block.SelectMany(index => Names[index]!).Concat(_watched).Distinct()];
        foreach (int index in _block)
        {
            Names[index] = all;
        }

        _database = _inBlock && tookEffect ? _databaseInBlock : _database;
        _inBlock = false;
        _block.Clear();
        _watched.Clear();
    }
}
