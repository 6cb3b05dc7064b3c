using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>Commands about databases, and those about nothing at all.</summary>
internal static class DatabaseModel
{
    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("SELECT", 2, KeyPlaces.None, Select),
        new("SWAPDB", 3, KeyPlaces.Everything, SwapDb),
        new("FLUSHDB", -1, KeyPlaces.Everything, call => Flush(call, call.Session.Database, 1)),
        new("FLUSHALL", -1, KeyPlaces.Everything, call => Flush(call, 0, call.Model.DatabaseCount)),
        new("DBSIZE", 1, KeyPlaces.Everything, DbSize),
        new("PING", -1, KeyPlaces.None, Ping),
        new("ECHO", 2, KeyPlaces.None, call => ModelReply.Bulk(call[1])),
        new("TIME", 1, KeyPlaces.None, _ => new ModelReply("*0\r\n", reply => reply.Kind == RespKind.Array && reply.Items.Count == 2)),
    ];

    /// <summary>A database's number as MOVE and COPY take it; or the error.</summary>
    public static ModelReply? ParseIndex(ModelCall call, string text, out long index)
    {
        if (!ModelCall.TryInteger(text, out index) || index is < int.MinValue or > int.MaxValue)
        {
            return ModelReply.NotAnInteger;
        }

        return index < 0 || index >= call.Model.DatabaseCount ? ModelReply.DatabaseOutOfRange : null;
    }

    private static ModelReply Select(ModelCall call)
    {
        if (ParseIndex(call, call[1], out long index) is { } error)
        {
            return error;
        }

        call.Session.Database = (int)index;
        return ModelReply.Ok;
    }

    private static ModelReply SwapDb(ModelCall call)
    {
        if (!ModelCall.TryInteger(call[1], out long one) || one is < int.MinValue or > int.MaxValue)
        {
            return ModelReply.Error("ERR invalid first DB index");
        }

        if (!ModelCall.TryInteger(call[2], out long other) || other is < int.MinValue or > int.MaxValue)
        {
            return ModelReply.Error("ERR invalid second DB index");
        }

        if (Math.Min(one, other) < 0 || Math.Max(one, other) >= call.Model.DatabaseCount)
        {
            return ModelReply.DatabaseOutOfRange;
        }

        call.Swap((int)one, (int)other);
        return ModelReply.Ok;
    }

    private static ModelReply Flush(ModelCall call, int first, int count)
    {
        if (call.Count > 2 || (call.Count == 2 && call[1].ToUpperInvariant() is not ("ASYNC" or "SYNC")))
        {
            return ModelReply.SyntaxError;
        }

        for (int database = first; database < first + count; database++)
        {
            call.Clear(database);
        }

        return ModelReply.Ok;
    }

    /// <summary>Keys that have expired count until somebody deletes them, and nobody promises when.</summary>
    private static ModelReply DbSize(ModelCall call)
    {
        call.TouchAll();
        int visible = call.Model.VisibleKeys(call.Session.Database, call.NowMillis).Count();
        int stored = call.Model.StoredKeys(call.Session.Database);
        return visible == stored
            ? ModelReply.Integer(visible)
            : new ModelReply(ModelReply.Integer(visible).Wire, reply => reply.Kind == RespKind.Integer && reply.Integer >= visible && reply.Integer <= stored);
    }

    private static ModelReply Ping(ModelCall call) => call.Count switch
    {
        1 => ModelReply.Simple("PONG"),
        2 => ModelReply.Bulk(call[1]),
        _ => ModelCommand.WrongNumber(call.Name),
    };
}
