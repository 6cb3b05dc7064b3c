namespace RespKv.TestKit.Model;

/// <summary>MULTI blocks, and how a command comes to be executed or queued.</summary>
internal static class TransactionModel
{
    private static readonly HashSet<string> NeverQueued = ["MULTI", "EXEC", "DISCARD", "WATCH"];

    public static IEnumerable<ModelCommand> Commands { get; } =
    [
        new("MULTI", 1, KeyPlaces.None, Multi),
        new("EXEC", 1, KeyPlaces.None, Exec),
        new("DISCARD", 1, KeyPlaces.None, Discard),
        new("WATCH", -2, KeyPlaces.All, Watch),
        new("UNWATCH", 1, KeyPlaces.None, Unwatch),
    ];

    public static ModelReply Execute(ModelCall call)
    {
        ModelCommand command = ModelCommand.Of(call.Words);
        if (command.CheckArity(call.Count) is { } error)
        {
            call.Session.IsBlockRefused |= call.Session.InBlock;
            return error;
        }

        if (call.Session.InBlock && !NeverQueued.Contains(command.Name))
        {
            call.Session.Enqueue(call.Words);
            return ModelReply.Queued;
        }

        return command.Run(call);
    }

    private static ModelReply Multi(ModelCall call)
    {
        if (call.Session.InBlock)
        {
            return ModelReply.Error("ERR MULTI calls can not be nested");
        }

        call.Session.BeginBlock();
        return ModelReply.Ok;
    }

    private static ModelReply Exec(ModelCall call)
    {
        ModelSession session = call.Session;
        if (!session.InBlock)
        {
            return ModelReply.Error("ERR EXEC without MULTI");
        }

        bool refused = session.IsBlockRefused;
        bool broken = session.IsWatchBroken(call.Model, call.NowMillis);
        IReadOnlyList<string>[] queue = [.. session.Queue];
        foreach (string name in session.WatchedNames)
        {
            call.Touch(name);
        }

        session.EndBlock();
        if (refused)
        {
            return ModelReply.Error("EXECABORT Transaction discarded because of previous errors.");
        }

        return broken ? ModelReply.NilArray : ModelReply.Array([.. queue.Select(words => ExecuteQueued(call, words))]);
    }

    private static ModelReply ExecuteQueued(ModelCall exec, IReadOnlyList<string> words)
    {
        var call = new ModelCall(exec.Model, exec.Session, words, exec.NowMillis);
        ModelReply reply = ModelCommand.Of(words).Run(call);
        exec.Add(call);
        return reply;
    }

    private static ModelReply Discard(ModelCall call)
    {
        if (!call.Session.InBlock)
        {
            return ModelReply.Error("ERR DISCARD without MULTI");
        }

        call.Session.EndBlock();
        return ModelReply.Ok;
    }

    private static ModelReply Watch(ModelCall call)
    {
        if (call.Session.InBlock)
        {
            return ModelReply.Error("ERR WATCH inside MULTI is not allowed");
        }

        foreach (string key in call.Words.Skip(1))
        {
            call.Touch(ServerModel.Name(call.Session.Database, key));
            call.Session.AddWatch(call.Model, key, call.NowMillis);
        }

        return ModelReply.Ok;
    }

    private static ModelReply Unwatch(ModelCall call)
    {
        call.Session.ForgetWatches();
        return ModelReply.Ok;
    }
}
