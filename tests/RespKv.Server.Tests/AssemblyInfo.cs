// Each test class has server processes of its own; more of them at a time than cores only makes all of them slow.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
